/** Receives webhooks: answers 204 at once, and GET with how many it received. */
import { createServer } from "node:http";

let received = 0;
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method === "GET") return response.end(String(received));
  received += 1;
  request.resume();
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit());
