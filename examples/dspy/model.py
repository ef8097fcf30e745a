"""A model without a network, of DSPy's own: it knows two cities by their names, and nothing else."""

from dspy.utils import DummyLM

CITIES = ["Lisbon", "Berlin"]

scripted_lm = DummyLM({**{city: {"city": city} for city in CITIES}, "": {"city": "nowhere"}})
