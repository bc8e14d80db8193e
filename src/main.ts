import "reflect-metadata";

const { serve } = await import("./serve.ts");
await serve(process.env);
