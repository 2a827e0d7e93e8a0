// NestJS with @Sse: its ids count the events of one connection, and it replays nothing.
//
//   node nestjs.mjs PORT CONTROL HISTORY      serves /stream; see history.mjs
import "reflect-metadata";
import { Controller, Module, Req, Sse } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { from, map } from "rxjs";
import { followNew, serve } from "./history.mjs";

class Events {
  stream(request) {
    return from(followNew(request.headers)).pipe(map(({ event, data }) => ({ type: event, data })));
  }
}
class App {}

// JavaScript has no decorators yet, so they are called.
const { prototype } = Events;
Req()(prototype, "stream", 0);
Sse("stream")(prototype, "stream", Object.getOwnPropertyDescriptor(prototype, "stream"));
Controller()(Events);
Module({ controllers: [Events] })(App);

const app = await NestFactory.create(App, { logger: false });
await app.init();
await serve(app.getHttpServer());
