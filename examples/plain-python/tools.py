"""A class with tools: one instance per worker, made when its constructor needs nothing."""


class AgentWithTools:
    def __init__(self) -> None:
        self.tools = {"add": self.add, "upper": self.upper}

    def process(self, input_data):
        """One argument of a well-known name: the whole body goes to it, whatever it is."""
        tool = self.tools.get(input_data.get("tool"))
        if tool is None:
            return {"error": "no such tool", "tools": sorted(self.tools)}
        return {"tool": input_data["tool"], "result": tool(**input_data.get("args", {}))}

    def add(self, a: float, b: float) -> float:
        return a + b

    def upper(self, text: str) -> str:
        return text.upper()
