import { frameworkContract } from "./contract.ts";

frameworkContract({
  name: "dspy",
  ask: (question) => ({ question }),
  chat: "the function's own parameters are the input; `input: chat` in the config makes it the common form",
  session: "what a session keeps is what the function writes into `context.session`",
  text: "a module answers whole; what the function yields, or gives to `context.text`, is streamed",
  tools: "tools are called inside the module, which tells nobody",
  usage: "the module counts its tokens itself, and tells nobody",
  failures: true,
});
