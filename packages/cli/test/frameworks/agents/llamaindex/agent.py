"""A LlamaIndex agent and workflows as their users write them, with OpenAI's client."""

import os

from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.workflow import (
    Context,
    Event,
    HumanResponseEvent,
    InputRequiredEvent,
    StartEvent,
    StopEvent,
    Workflow,
    step,
)
from llama_index.llms.openai_like import OpenAILike

model = OpenAILike(
    model="stub",
    api_base=os.environ["OPENAI_BASE_URL"],
    api_key="unused",
    is_chat_model=True,
    is_function_calling_model=True,
    max_retries=0,
    additional_kwargs={"stream_options": {"include_usage": True}},
)


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


async def dangerous_task(ctx: Context) -> str:
    """A task that a person must allow."""
    question = "Shall I go on?"
    answer = await ctx.wait_for_event(
        HumanResponseEvent,
        waiter_id=question,
        waiter_event=InputRequiredEvent(prefix=question, user_name="Ada"),
        requirements={"user_name": "Ada"},
    )
    return f"allowed: {answer.response}"


agent = FunctionAgent(
    name="weather", description="Knows the weather", tools=[get_weather], llm=model
)
team = AgentWorkflow(agents=[agent], root_agent="weather")
careful = FunctionAgent(tools=[dangerous_task], llm=model)


class Topic(StartEvent):
    topic: str
    ctx: str = "none"


class Progress(Event):
    share: float


class Report(Workflow):
    @step
    async def write(self, ctx: Context, start: Topic) -> StopEvent:
        ctx.write_event_to_stream(Progress(share=0.5))
        return StopEvent(result=f"{start.topic} {start.ctx}")


report = Report()
