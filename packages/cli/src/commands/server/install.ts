/** `runagent server install`: a systemd service and its socket, so that calls wait in the socket while the server restarts. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { CommandFailure, reasonOf } from "../../failure.ts";
import { parsePort } from "../../port.ts";
import { serviceUnit, socketUnit } from "../../systemd-units.ts";
import { DATA_OPTION, dataFolder } from "./data-option.ts";

const UNITS = "/etc/systemd/system";

export const serverInstall: CommandSpec = {
  name: "server install",
  summary: "write a systemd service and socket for the server of this machine",
  options: [
    DATA_OPTION,
    { flags: "--port <port>", about: "the port of the socket", parse: parsePort, fallback: 8460 },
    { flags: "--units <dir>", about: "where the units go", fallback: UNITS },
  ],
  examples: [
    { line: "runagent server install", about: "then: systemctl enable --now runagent.socket runagent.service" },
    { line: "runagent server install --units .", about: "look at them first" },
  ],
  async run(call) {
    const { options, output, settings } = call;
    const folder = resolve(settings.workingFolder, options.text("units") ?? UNITS);
    const program = settings.program;
    const units = {
      "runagent.socket": socketUnit(options.number("port") ?? 0),
      "runagent.service": serviceUnit(program, dataFolder(call)),
    };
    try {
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of Object.entries(units)) writeFileSync(join(folder, name), text);
    } catch (error) {
      throw new CommandFailure(EXIT.invalid, `${folder} cannot be written: ${reasonOf(error)}`, "Run it as root.");
    }
    const files = Object.keys(units).map((name) => join(folder, name));
    if (output.json) output.document({ files });
    else {
      for (const file of files) output.line(file);
      output.line("Now: systemctl daemon-reload && systemctl enable --now runagent.socket runagent.service");
    }
    return EXIT.ok;
  },
};
