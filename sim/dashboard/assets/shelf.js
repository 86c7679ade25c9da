// A place in this browser for files of one's own, used only when somebody asks for it. The server has no part in it.
(function () {
  "use strict";
  const library = window.cultureshift;
  const [BASE, STORE, KEY] = ["cultureshift", "files", "own"];

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
    forget: () => within("readwrite", (store) => store.delete(KEY)),
  };
})();
