"""The stages of a worker's life: settings → hello → load → describe → (template: fork) → serve → exit."""

from __future__ import annotations

import atexit
import gc
import json
import os
import select
import sys
import threading
import traceback

from . import codec
from .agent import Agent
from .channel import Channel
from .forking import die_with_parent, kill_group, separate
from .greeting import hello_frame
from .hosts import Hosts
from .loading import LoadError
from .logs import Logs
from .output_fds import ImportOutput, PipedOutput
from .probe import probe
from .settings import Settings, take_settings
from .template import Template
from .worker import Worker, report_load_error, run_worker

LAST_SECONDS = 1.0
"""How long the last frames may take to be sent."""


def main() -> None:
    settings = take_settings()
    leader = os.getpid()
    if settings.orphan_seconds <= 0:
        die_with_parent(True)
    channel = Channel()
    greet = hello_frame(settings, settings.role, [])
    hello, frames = channel.open(settings.socket, greet)
    channel.speak()
    agent = Agent(hello["agent"])
    limits = agent.spec["limits"]
    logs = Logs(limits["log_line"], limits["logs_per_run"])
    logs.wire = channel
    logs.install()
    _let_forks_go(logs)
    hosts = Hosts()
    hosts.report = lambda host, port: _report_host(channel, host, port)
    hosts.install()
    output = ImportOutput()
    if not _load(settings, agent, channel, logs):
        output.hand_over(logs)
        _leave(1, channel)
    output.hand_over(logs)
    if settings.orphan_seconds <= 0:
        die_with_parent(False)
    if settings.role == "template":
        forked = Template(settings, channel, greet).run(frames)
        if forked is None:
            kill_group(leader)
            os._exit(0)
        settings = forked
        leader = os.getpid()
        channel, frames = _fork_channel(settings, hosts, logs)
    elif settings.orphan_seconds <= 0:
        _watch_channel(channel, leader)
    _work(Worker(settings, agent, channel, logs), (channel, logs), frames, leader)


def _let_forks_go(logs: Logs) -> None:
    """A child that is forked, by the template or by the agent, does not speak on its parent's channel."""

    def let_go() -> None:
        channel, logs.wire = logs.wire, None
        if isinstance(channel, Channel):
            channel.abandon()

    os.register_at_fork(after_in_child=let_go)


def _load(settings: Settings, agent: Agent, channel: Channel, logs: Logs) -> bool:
    try:
        agent.load()
        gc.collect()
        gc.freeze()
        if settings.role == "template":
            rehearsal = Worker(settings, agent, channel, logs)
            fork = probe(rehearsal.make_ready, agent.spec["probe_ms"])
            body = json.dumps(agent.description(fork), default=str).encode()
            channel.send(codec.encode_frame(codec.DESCRIBE, 0, body))
    except LoadError as error:
        error.body.setdefault("files", agent.loader.files([error]))
        report_load_error(channel, error)
        return False
    except Exception as error:  # a fault of ours: said, where it would be lost with the process
        fault = LoadError(f"RunAgent cannot read this agent: {type(error).__name__}: {error}")
        fault.body["traceback"] = traceback.format_exc()
        report_load_error(channel, fault)
        return False
    return True


def _fork_channel(settings: Settings, hosts: Hosts, logs: Logs) -> tuple[Channel, list[codec.Frame]]:
    separate(settings.worker)
    if settings.orphan_seconds <= 0:
        die_with_parent(True)
    channel = Channel()
    logs.wire = channel
    hosts.report = lambda host, port: _report_host(channel, host, port)
    _, frames = channel.open(settings.socket, hello_frame(settings, "worker", []))
    channel.speak()
    return channel, frames


def _work(worker: Worker, ways: tuple[Channel, Logs], frames: list[codec.Frame], leader: int) -> None:
    channel, logs = ways
    output = PipedOutput(logs)
    worker.before_runs = output.mend
    worker.last_words = output.read_out
    try:
        worker.make_ready()
    except LoadError as error:
        report_load_error(channel, error)
        output.close()
        _leave(1, channel)
    if worker.settings.role == "process":
        body = json.dumps(worker.agent.description(None), default=str).encode()
        channel.send(codec.encode_frame(codec.DESCRIBE, 0, body))
    code = run_worker(worker, frames)
    if worker.orphaned:
        kill_group(leader)
        os._exit(0)
    atexit._run_exitfuncs()  # pyright: ignore[reportPrivateUsage]  the agent's own last words; its threads are not waited for
    output.close()
    _leave(code, channel)


def _leave(code: int, channel: Channel) -> None:
    channel.flush_and_close(LAST_SECONDS)
    os._exit(code)


def _report_host(channel: Channel, host: str, port: int) -> None:
    channel.send(codec.encode_frame(codec.HOST, 0, json.dumps({"host": host, "port": port}).encode()))


def _watch_channel(channel: Channel, leader: int) -> None:
    """A process of its own ends when the server does, even while a function blocks its loop."""
    fd = channel.fileno()

    def watch() -> None:
        waiting = select.poll()
        waiting.register(fd, select.POLLHUP if sys.platform == "darwin" else select.POLLRDHUP)
        waiting.poll()
        if channel.leaving:
            return
        kill_group(leader)
        os._exit(0)

    threading.Thread(target=watch, name="runagent-watch", daemon=True).start()
