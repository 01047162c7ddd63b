// Makes the form quicker and says new answers aloud to screen readers. Without it everything still works.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const form = byId("say");
  const text = byId("text");
  const lines = byId("lines");
  const announcer = byId("announcer");
  const title = document.title;
  const key = byId("key").value;
  let sent = null;
  let doneAt = 0;
  let waiting = 0;

  document.documentElement.classList.add("scripted");

  // Say one thing: added as an element of its own and taken away later, so that nothing is said twice.
  const announce = (words) => {
    const said = document.createElement("p");
    said.textContent = words;
    announcer.append(said);
    setTimeout(() => said.remove(), 4000);
  };

  const spoken = (line) => {
    const words = [...line.querySelectorAll(".words p")].map((p) => p.textContent.trim());
    const choices = [...line.querySelectorAll(".choices button")].map((b) => b.innerText.trim());
    return line.dataset.says + [...words, ...choices].join("\n");
  };

  // Choices that are over go away; the one that has the focus stays until the person moves on.
  const retire = (list) => {
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    for (const item of [...list.children]) {
      if (!held || !item.contains(held)) item.remove();
    }
    if (!held) return list.remove();
    held.setAttribute("aria-disabled", "true");
    held.addEventListener("blur", () => list.remove(), { once: true });
  };

  const isNear = () => innerHeight + scrollY > document.documentElement.scrollHeight - 400;

  const arrived = (line) => {
    const seen = byId("seen");
    const number = Number(line.id.slice(2));
    if (number > Number(seen.value)) seen.value = number;
    if (line.dataset.kind && line.dataset.kind !== "notice") {
      for (const list of lines.querySelectorAll(".choices")) {
        if (!line.contains(list)) retire(list);
      }
    }
    byId("latest")?.remove();
    line.insertAdjacentHTML("afterbegin", '<span id="latest"></span>');
    if (line.dataset.says) announce(spoken(line));
  };

  new MutationObserver((changes) => {
    const fresh = changes.flatMap((c) => [...c.addedNodes]).filter((n) => n.id?.startsWith("m-"));
    if (!fresh.length) return;
    const isMine = fresh.some((line) => line.classList.contains("by-me"));
    const follow = isMine || isNear();
    fresh.forEach(arrived);
    // At once, never gliding: what goes away above would move the place under way.
    if (follow) fresh[0].scrollIntoView({ block: "start" });
  }).observe(lines, { childList: true });

  // A line may come twice, as the answer to the form and as news: the second is dropped.
  document.addEventListener("htmx:sseBeforeMessage", (event) => {
    if (byId(`m-${event.detail.lastEventId}`)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== lines) return;
    const holder = document.createElement("template");
    holder.innerHTML = event.detail.serverResponse;
    for (const line of holder.content.querySelectorAll("li[id]")) {
      if (byId(line.id)) line.remove();
    }
    event.detail.serverResponse = holder.innerHTML;
  });

  // A trembling hand clicks twice: the second click has nothing to send and is no mistake.
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    const isEmpty = !text.value.trim() && !byId("files").value;
    if (event.submitter?.id === "send" && isEmpty && Date.now() - doneAt < 1500) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[aria-disabled=true]")) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);

  const show = (summary) => {
    if (!summary) return;
    document.title = summary.dataset.title + title;
    if (summary.dataset.code === "empty") text.setAttribute("aria-invalid", "true");
    summary.focus();
  };

  form.addEventListener("htmx:beforeRequest", (event) => {
    const submitter = event.detail.requestConfig.triggeringEvent?.submitter;
    sent = submitter && submitter.id !== "send" ? null : text.value;
    waiting = setTimeout(() => announce(announcer.dataset.sending), 1500);
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    clearTimeout(waiting);
    if (event.detail.xhr.status < 200 || event.detail.xhr.status >= 300) return;
    // Another session than the page began with: its news must be listened to.
    if (byId("key").value !== key) return location.reload();
    doneAt = Date.now();
    document.title = title;
    text.removeAttribute("aria-invalid");
    byId("files").value = "";
    if (sent !== null && text.value === sent) text.value = "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id === "trouble") show(byId("trouble").querySelector(".summary"));
  });
  form.addEventListener("htmx:sendError", () => {
    byId("trouble").replaceChildren(byId("offline").content.cloneNode(true));
    show(byId("trouble").querySelector(".summary"));
  });

  document.body.addEventListener("look", (event) => {
    document.documentElement.classList.toggle("big", event.detail.big);
  });
  // Back to a page kept by the browser: somebody may have left in between.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  if (!location.hash && !byId("trouble").firstElementChild && lines.querySelector("[id^=m-]")) {
    byId("latest")?.closest("li").scrollIntoView({ block: "start" });
  }
})();
