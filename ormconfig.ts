/** The data source for the TypeORM command line: `npm run typeorm -- migration:show`. */
import "reflect-metadata";
import { createDataSource } from "./src/database/data-source.ts";
import { readSettings } from "./src/settings.ts";

const { databaseUrl, databasePoolSize } = readSettings(process.env);

export default createDataSource(databaseUrl, { poolSize: databasePoolSize });
