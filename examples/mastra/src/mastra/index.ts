/** The agents of this project. */
import { Mastra } from "@mastra/core";
import { weatherAgent } from "./agents/weather-agent.ts";

export const mastra = new Mastra({ agents: { weatherAgent }, logger: false });
