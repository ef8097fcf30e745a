"""A crew as its users write it, with OpenAI's client."""

from typing import Any

from crewai import LLM, Agent, Crew, Task
from crewai.flow.flow import Flow, listen, start
from crewai.project import CrewBase, agent, crew, task
from crewai.tools import tool
from pydantic import BaseModel


@tool("get_weather")
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


llm = LLM(model="stub", provider="openai", max_retries=0)
reporter = Agent(
    role="reporter", goal="report", backstory="was there", llm=llm, tools=[get_weather], max_iter=3, max_retry_limit=0
)
report = Task(name="report", description="{request}", expected_output="a report", agent=reporter)
weather = Crew(agents=[reporter], tasks=[report])
asked = Task(description="{request}", expected_output="a report", agent=reporter, human_input=True)
reviewed = Crew(agents=[reporter], tasks=[asked])


class Summary(BaseModel):
    text: str


@CrewBase
class Reporters:
    """As the command `crewai create crew` writes it, but for its YAML."""

    agents_config: dict[str, object] = {}
    tasks_config: dict[str, object] = {}

    @agent
    def reporter(self) -> Agent:
        return Agent(role="reporter", goal="report", backstory="was there", llm=llm)

    @task
    def report(self) -> Task:
        return Task(description="{request}", expected_output="a report", agent=self.reporter())

    @crew
    def crew(self) -> Crew:
        return Crew(agents=self.agents, tasks=self.tasks)


def shorten(output: object) -> tuple[bool, Any]:
    return True, f'{{"text": "{len(str(output))} letters"}}'


def summarizing() -> Crew:
    """Its last task ends in an object."""
    summary = Task(
        description="{request}", expected_output="a summary", agent=reporter, guardrail=shorten, output_pydantic=Summary
    )
    return Crew(agents=[reporter], tasks=[summary])


class Counted(BaseModel):
    turns: int = 0
    name: str = "nobody"


class Counting(Flow[Counted]):
    @start()
    def count(self) -> None:
        self.state.turns += 1

    @listen(count)
    def say(self) -> str:
        return f"{self.state.name}: {self.state.turns}"
