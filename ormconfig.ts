/** The data source for the TypeORM command line: `npm run typeorm -- migration:show`. */
import "reflect-metadata";
import { createDataSource } from "./src/database/data-source.ts";
import { readEnvironment } from "./src/settings/environment.ts";
import { readSettings } from "./src/settings/settings.ts";

const { databaseUrl, databasePoolSize } = readSettings(readEnvironment());

export default createDataSource(databaseUrl, { poolSize: databasePoolSize });
