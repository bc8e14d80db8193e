/** The data source for the TypeORM command line: `npm run typeorm -- migration:show`. */
import "reflect-metadata";
import { createDataSource } from "./database/data-source.ts";
import { readEnvironment } from "./environment.ts";
import { readSettings } from "./settings.ts";

const { databaseUrl, databasePoolSize } = readSettings(readEnvironment());

export default createDataSource(databaseUrl, { poolSize: databasePoolSize });
