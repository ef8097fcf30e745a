"""A model without a network: it asks for the weather of the city in its task, then says what the tool answered."""

import re
from typing import Any

from crewai import BaseLLM
from crewai.events.types.llm_events import LLMCallType
from crewai.llms.base_llm import llm_call_context

USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


class ScriptedModel(BaseLLM):
    stream: bool = False

    def call(self, messages: Any, *_: Any, from_task: Any = None, from_agent: Any = None, **__: Any) -> str:
        about = {"from_task": from_task, "from_agent": from_agent}
        answer = answer_to(
            messages if isinstance(messages, str) else "\n".join(str(one["content"]) for one in messages)
        )
        with llm_call_context():
            self._emit_call_started_event(messages, **about)
            for piece in re.findall(r"\s*\S+", answer) if self.stream else ():
                self._emit_stream_chunk_event(piece, **about)
            self._track_token_usage_internal(USAGE)
            self._emit_call_completed_event(answer, LLMCallType.LLM_CALL, **about)
        return answer

    def supports_function_calling(self) -> bool:
        return False


def answer_to(said: str) -> str:
    """In the words that CrewAI tells a model without tool calls to use."""
    observed = re.findall(r"^Observation: (.+)$", said.rpartition("Current Task:")[2], re.MULTILINE)
    if observed:
        return f"Thought: I now know the final answer\nFinal Answer: The weather is: {observed[-1]}."
    city = re.search(r"weather in ([\w ]+)", said.rpartition("Current Task:")[2])
    name = city.group(1) if city else "nowhere"
    return f'Thought: I have to look\nAction: get_weather\nAction Input: {{"city": "{name}"}}'
