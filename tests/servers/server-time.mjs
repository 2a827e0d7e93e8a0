// Sends an unnamed event with a sentence every second.
//
//   node server-time.mjs [PORT]      serves /events, by default on 8080
import { createServer } from "node:http";

const server = createServer((request, response) => {
  if (request.url !== "/events") {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
    Connection: "keep-alive",
  });
  const timer = setInterval(() => {
    response.write(`data: The server time is: ${new Date().toLocaleTimeString()}\n\n`);
  }, 1000);
  request.on("close", () => clearInterval(timer));
});
server.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
