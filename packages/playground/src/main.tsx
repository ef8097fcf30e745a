/** The page begins. */
import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme } from "./parts/theme.ts";
import { followAddress } from "./router.ts";
import { followServer } from "./server/state.ts";
import "./styles/page.css";

const root = document.getElementById("page");
if (root !== null) {
  applyTheme();
  followAddress();
  followServer();
  root.replaceChildren();
  render(<App />, root);
}
