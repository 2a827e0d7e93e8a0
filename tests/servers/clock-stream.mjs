// The clock of many tutorials: `retry:` in the block of a first named event, then the date every second, without ids.
// A request for another path is never answered.
//
//   node clock-stream.mjs [PORT...]      serves /stream, by default on 3009 and 8844
import { createServer } from "node:http";

const ports = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [3009, 8844];

for (const port of ports) {
  const server = createServer((request, response) => {
    if (request.url !== "/stream") {
      return;
    }
    response.writeHead(200, {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache",
      Connection: "keep-alive",
      "Access-Control-Allow-Origin": "*",
    });
    response.write("retry: 10000\n");
    response.write("event: connecttime\n");
    response.write(`data: ${new Date()}\n\n`);
    response.write(`data: ${new Date()}\n\n`);
    const timer = setInterval(() => response.write(`data: ${new Date()}\n\n`), 1000);
    request.on("close", () => clearInterval(timer));
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  console.log(`listening on ${server.address().port}`);
}
