"""A DSPy module with a tool, and the function around it that is served."""

import dspy

from model import scripted_lm

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}

# A real model, one line: `lm = dspy.LM("openai/gpt-5")`
lm = scripted_lm
dspy.configure(lm=lm)


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


class Weather(dspy.Module):
    def __init__(self) -> None:
        super().__init__()
        self.find_city = dspy.Predict("question -> city")

    def forward(self, question: str) -> dspy.Prediction:
        city = self.find_city(question=question).city
        return dspy.Prediction(answer=f"The weather is: {get_weather(city)}.")


weather = Weather()


def ask(question: str) -> str:
    """The answer to a question about the weather."""
    return weather(question=question).answer
