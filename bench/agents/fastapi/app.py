"""The no-op function behind FastAPI, as one writes it by hand."""

from typing import Any

from fastapi import Body, FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()


@app.post("/echo")
async def echo(payload: dict[str, Any] = Body()):
    return payload


@app.post("/plain")
def echo_plain(payload: dict[str, Any] = Body()):
    return payload


@app.post("/stream")
async def stream(payload: dict[str, Any] = Body()):
    async def events():
        for number in range(payload["count"]):
            yield f"id: {number + 1}\nevent: chunk\ndata: {number}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")
