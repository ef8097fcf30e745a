"""A DSPy module as its users write it, with OpenAI's client of litellm, and the function around it."""

import dspy

lm = dspy.LM("openai/stub", num_retries=0, cache=False)


class Obey(dspy.Module):
    async def aforward(self, question: str) -> dspy.Prediction:
        answers = await lm.acall(messages=[{"role": "user", "content": question}])
        return dspy.Prediction(answer=answers[0])


obey = Obey()


async def ask(question: str) -> str:
    return (await obey.acall(question=question)).answer
