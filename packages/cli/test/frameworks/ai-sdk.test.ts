import { frameworkContract } from "./contract.ts";

frameworkContract({
  name: "ai-sdk",
  chat: true,
  session: true,
  text: true,
  tools: true,
  usage: true,
  failures: true,
});
