// PostgreSQL with pgvector for tests: PGlite behind a socket. Prints its port, and ends when its standard input does, so
// that it never outlives whoever started it.
import { PGlite } from "@electric-sql/pglite";
import { vector } from "@electric-sql/pglite-pgvector";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const db = await PGlite.create({ extensions: { vector } });
const server = new PGLiteSocketServer({ db, host: "127.0.0.1", port: 0, maxConnections: 50 });
server.addEventListener("listening", (event) => console.log(String(event.detail.port)));
await server.start();
process.stdin.on("end", () => process.exit(0)).resume();
