// Sends `retry: 6000` and a named event every six seconds.
//
//   node time-message.mjs [PORT]      serves /sse, by default on 3000
import { createServer } from "node:http";

const server = createServer((request, response) => {
  if (request.url !== "/sse") {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
  response.write("retry: 6000\n");
  const say = () => response.write(`event: timeMessage\ndata: ${new Date().toISOString()}\n\n`);
  say();
  const timer = setInterval(say, 6000);
  request.on("close", () => clearInterval(timer));
});
server.listen(Number(process.argv[2] ?? 3000), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
