/**
 * The units of `server install`. The socket is systemd's: while the server restarts, new calls wait in it. The service is
 * killed alone (`KillMode=process`): sandboxes outlive it and are adopted by the next.
 */

export function socketUnit(port: number): string {
  return `[Unit]
Description=RunAgent, where calls arrive

[Socket]
ListenStream=127.0.0.1:${port}
Backlog=4096
NoDelay=true

[Install]
WantedBy=sockets.target
`;
}

export function serviceUnit(program: string, data: string): string {
  return `[Unit]
Description=RunAgent server
Requires=runagent.socket
After=network-online.target runagent.socket
Wants=network-online.target

[Service]
Type=simple
ExecStart=${quoted(program)} server --data ${quoted(data)} --log-format json
KillMode=process
KillSignal=SIGTERM
TimeoutStopSec=60
SuccessExitStatus=130 143
Restart=on-failure
RestartSec=1
Delegate=yes
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
`;
}

/** A percent sign is a specifier of systemd's. */
const quoted = (path: string): string =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%")}"`;
