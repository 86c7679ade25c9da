// A place in this browser for files of one's own, used only when somebody asks for it. The server has no part in it.
(function () {
  "use strict";
  const library = window.cultureshift;
  const [BASE, STORE, KEY] = ["cultureshift", "files", "own"];
  const RAN = "cultureshift-own";

  const opened = () =>
    new Promise((resolve, reject) => {
      const asked = window.indexedDB.open(BASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  const within = async (mode, act) => {
    const base = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const all = base.transaction(STORE, mode);
        const asked = act(all.objectStore(STORE));
        all.oncomplete = () => resolve(asked.result);
        all.onabort = () => reject(all.error);
      });
    } finally {
      base.close();
    }
  };
  // Each resolves when it is done, and rejects where the browser keeps nothing.
  library.ownFiles = {
    keep: (files) => within("readwrite", (store) => store.put({ files, day: new Date().toLocaleDateString("en-GB") }, KEY)),
    kept: () => within("readonly", (store) => store.get(KEY)),
    forget: async () => {
      await within("readwrite", (store) => store.delete(KEY));
      library.forget(RAN);
    },
    // Beside the files: what is run on them. `isLast`: whether that was open here last.
    run: (ran, week) => library.remember(RAN, JSON.stringify({ ran, week, isLast: Boolean(ran) })),
    ran: () => {
      const found = library.recallObject(RAN);
      return found && typeof found.ran === "string" ? { ran: found.ran, week: Number(found.week) || 0, isLast: Boolean(found.isLast) } : null;
    },
    isElsewhere: () => {
      const found = library.ownFiles.ran();
      if (found && found.isLast) library.remember(RAN, JSON.stringify({ ...found, isLast: false }));
    },
  };
})();
