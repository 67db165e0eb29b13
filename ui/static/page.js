// What the page does in the browser: hand clicks to the server, scroll to what was opened, copy, download.
"use strict";
window.hoidap = (() => {
  const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = () => (calm() ? "auto" : "smooth");

  // The nearest ancestor that scrolls by itself; on a narrow page there is none and the page scrolls.
  const pane = (node) => {
    for (let at = node.parentElement; at && at !== document.body; at = at.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(at).overflowY) && at.scrollHeight > at.clientHeight) return at;
    }
    return null;
  };

  const reveal = (node, place, mayMovePage) => {
    const box = pane(node);
    if (box) {
      const top = box.scrollTop + node.getBoundingClientRect().top - box.getBoundingClientRect().top;
      // What can be seen with the head of the article in view is shown so.
      const near = place > 0 && top + node.offsetHeight < 0.8 * box.clientHeight;
      box.scrollTo({ top: near ? 0 : top - place * box.clientHeight, behavior: behavior() });
    } else if (mayMovePage) {
      node.scrollIntoView({ block: place > 0.2 ? "center" : "start", behavior: behavior() });
    }
  };

  const seen = new Map();
  const isNew = (key, value) => {
    const fresh = value !== undefined && seen.get(key) !== value;
    seen.set(key, value);
    return fresh;
  };

  const afterChange = (element) => {
    const head = element.querySelector("[data-language]");
    if (head) document.documentElement.lang = head.dataset.language;
    const turns = element.querySelector(".turns");
    const last = turns && turns.querySelector(".turn:last-of-type");
    // Once when the question appears and once more when its answer gives the page its length.
    const waits = last && last.querySelector(".steps") !== null;
    if (last && isNew("turn", `${turns.dataset.last} ${waits}`)) reveal(last, 0, true);
    const article = element.querySelector("article[data-shown]");
    if (article && isNew("article", article.dataset.shown)) showArticle(article);
  };

  const showArticle = (article) => {
    const wanted = article.dataset.wanted === "yes";
    const goal = article.querySelector("mark") || article;
    // The tab of the viewer may only now be opening: wait until it has a size, at most a second.
    let tries = 20;
    const go = () => {
      if (article.getClientRects().length) reveal(goal, goal === article ? 0 : 0.35, wanted);
      else if (tries--) setTimeout(go, 50);
    };
    requestAnimationFrame(go);
  };

  const copy = async (button) => {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https or permission: the old way.
      const area = document.body.appendChild(document.createElement("textarea"));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const label = button.textContent;
    if (label === button.dataset.done) return;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 1600);
  };

  const back = (button) => {
    const turn = document.querySelector(`[data-turn="${button.dataset.back}"]`);
    if (turn) reveal(turn, 0, true);
  };

  // An offered question goes through the box, so that there is one way to ask and one question at a time.
  const ask = (question) => {
    const box = document.querySelector("#question textarea");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus({ preventScroll: true });
    requestAnimationFrame(() => document.querySelector("#ask").click());
  };

  const wire = (element, trigger, watch, names) => {
    element.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.copy !== undefined) copy(button);
      else if (button.dataset.back !== undefined) back(button);
      else if (button.dataset.close !== undefined) button.closest("details").open = false;
      else if (button.dataset.event === "ask") ask(button.dataset.value);
      else if (names.includes(button.dataset.event)) trigger(button.dataset.event, { value: button.dataset.value });
    });
    watch("value", () => afterChange(element));
    afterChange(element);
  };

  const download = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
    link.download = "hoidap.md";
    link.click();
    URL.revokeObjectURL(link.href);
  };

  // The framework's own messages are English: ours stand in for them, as long as they stand.
  const translateMessages = () => {
    const text = [...document.querySelectorAll('[data-testid="toast-text"]')].map((e) => e.textContent).join(" ");
    const words = document.querySelector("[data-lost]");
    let banner = document.querySelector("#banner");
    if (!text || !words) return banner && banner.remove();
    const told = /connection|server|network|fetch/i.test(text) ? words.dataset.lost : words.dataset.wrong;
    if (!banner) {
      banner = document.createElement("p");
      banner.id = "banner";
      banner.setAttribute("role", "alert");
      document.querySelector(".gradio-container").append(banner);
    }
    if (banner.textContent !== told) banner.textContent = told;
  };
  new MutationObserver(translateMessages).observe(document.documentElement, { childList: true, subtree: true });

  return { wire, download };
})();
