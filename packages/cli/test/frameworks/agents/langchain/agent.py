"""A chain that keeps its conversations, an agent and a bare model, as LangChain's users write them, with OpenAI's client."""

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.runnables import ConfigurableField
from langchain_core.runnables.history import RunnableWithMessageHistory
from langchain_openai import ChatOpenAI

HISTORIES: dict[str, InMemoryChatMessageHistory] = {}

model = ChatOpenAI(model="stub", max_retries=0, stream_usage=True)
prompt = ChatPromptTemplate(
    [("system", "Be short."), MessagesPlaceholder("history"), ("human", "{question}")]
)


def history_of(session_id: str) -> InMemoryChatMessageHistory:
    return HISTORIES.setdefault(session_id, InMemoryChatMessageHistory())


chain = RunnableWithMessageHistory(
    prompt | model | StrOutputParser(),
    history_of,
    input_messages_key="question",
    history_messages_key="history",
)


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return f"sun, 19 °C in {city}"


agent = create_agent(model, tools=[get_weather])
careful = create_agent(
    model,
    tools=[get_weather],
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"get_weather": True})],
)

chosen = model.configurable_fields(model_name=ConfigurableField(id="model"), temperature=ConfigurableField(id="heat"))
