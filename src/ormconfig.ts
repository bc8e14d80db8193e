/** The data source for the TypeORM command line: `npm run typeorm -- migration:show`. */
import "reflect-metadata";
import { createDataSource } from "./database/data-source.ts";
import { readSettings } from "./settings.ts";

const { databaseUrl, databasePoolSize } = readSettings(process.env);

export default createDataSource(databaseUrl, { poolSize: databasePoolSize });
