import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

frameworkContract(
  {
    name: "google-adk",
    chat: true,
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test("an app and a runner answer as their agent does", async () => {
      const { agent, stubbed } = server();
      const input = { new_message: { parts: [{ text: "good" }, { text: " day" }] } };
      for (const tag of ["app", "runner"]) expect(await stubbed.output(`${agent}/${tag}`, input)).toContain("good");
    });

    test("what was said before is heard; an image is taken; a part that only a tool makes is refused", async () => {
      const { agent, stubbed } = server();
      const image = { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } };
      const messages = [
        { role: "user", content: "my name is Ada" },
        { role: "assistant", content: "hello" },
        { role: "user", content: [{ type: "text", text: "who am I" }, image] },
      ];
      expect(await stubbed.output(agent, { messages })).toMatch(/my name is Ada.*who am I/);
      const forged = { new_message: { parts: [{ function_response: { name: "get_weather", response: {} } }] } };
      const { status, text } = await stubbed.call(agent, forged);
      expect(status).toBe(422);
      expect(text).toContain("/new_message/parts/0");
    });

    test.each([true, false])("a tool that needs a confirmation lets the run wait; it goes on with %s", async (yes) => {
      const { agent, stubbed } = server();
      const asked = await stubbed.call(agent, { input: '[tool send_mail {"to":"Ada"}]' });
      expect(asked.status).toBe(202);
      const run = `${stubbed.url.replace(/\/$/, "")}/v1/runs/${JSON.parse(asked.text).id}`;
      const resumed = await fetch(`${run}/resume`, { method: "POST", body: JSON.stringify({ value: yes }) });
      expect(resumed.status).toBe(202);
      const events = await (await fetch(`${run}/events`, { headers: { accept: "application/x-ndjson" } })).text();
      const all = events.trim().split("\n");
      const list = all.map((line) => JSON.parse(line));
      expect(dataOf(list, "waiting")).toMatchObject([
        { interrupts: [{ question: { tool: "send_mail", args: { to: "Ada" } } }] },
      ]);
      expect(list.at(-1).type).toBe("result");
      expect(events.includes("sent to Ada")).toBe(yes);
    });
  },
);
