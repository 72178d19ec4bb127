// Python in a worker of run.js, so that the page stays usable and a cell that never ends can be stopped. A classic worker:
// browsers have had those much longer than modules in workers.
(() => {
  const fetchFile = self.fetch.bind(self);
  let settings, shell, running, bytes = 0;

  const loaded = (more) => {
    bytes += more;
    postMessage({bytes});
  };
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = (text) => btoa(text.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));

  // A file of Pyodide, if it has the pinned hash. Where a page is not served securely, browsers compute no hashes for
  // scripts; they check one themselves, but show no progress then.
  async function pinned(name) {
    const {sha256, size} = settings.core[name], {subtle} = self.crypto ?? {};
    const answer = await fetchFile(settings.base + name, subtle ? {} : {integrity: `sha256-${base64(sha256)}`});
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    const content = new Uint8Array(size), reader = answer.body.getReader();
    let filled = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (filled + part.value.length > size) throw new RangeError(name);
      content.set(part.value, filled);
      filled += part.value.length;
      loaded(part.value.length);
    }
    if (filled !== size || (subtle && hex(await subtle.digest("SHA-256", content)) !== sha256)) throw new RangeError(name);
    return content;
  }

  // A package: called by the first import of it, in the middle of Python, which cannot wait for a promise. shell.py
  // checks the hash.
  function read(name) {
    const {url, size} = settings.packages[name];
    postMessage({loading: name, size});
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.responseType = "arraybuffer";
    request.send();
    if (request.status !== 200) throw new Error(`${url}: ${request.status}`);
    loaded(size);
    return new Uint8Array(request.response);
  }

  async function start() {
    const core = new Map(Object.keys(settings.core).map((name) => [name, pinned(name)]));
    const modules = Promise.all(["shell.py", "figures.py"].map(async (name) => [name, await (await fetchFile(settings.files[name])).text()]));
    const types = {wasm: "application/wasm", zip: "application/zip"};
    self.fetch = async (resource, options) => {
      const address = String(resource.url ?? resource), name = address.slice(settings.base.length);
      if (!address.startsWith(settings.base) || !core.has(name)) return fetchFile(resource, options);
      return new Response(await core.get(name), {headers: {"Content-Type": types[name.split(".").pop()]}});
    };
    const blob = (content, type) => URL.createObjectURL(new Blob([content], {type}));
    for (const name of ["pyodide.js", "pyodide.asm.js"]) importScripts(blob(await core.get(name), "text/javascript"));
    const lock = JSON.stringify({info: settings.info, packages: {}});
    const python = await self.loadPyodide({
      indexURL: settings.base, env: settings.env, lockFileURL: blob(lock, "application/json"), stdout() {}, stderr() {},
    });
    for (const [name, text] of await modules) python.FS.writeFile(`/home/pyodide/${name}`, text);
    shell = python.pyimport("shell").Shell(JSON.stringify(settings), read, (outputs) => postMessage({id: running, partly: outputs}));
    core.clear();
    postMessage({ready: true});
  }

  onmessage = async ({data}) => {
    if (data.settings) {
      settings = data.settings;
      try {
        await start();
      } catch (error) {
        postMessage({failed: error instanceof RangeError ? "changed" : "network", reason: String(error)});
      }
    } else {
      running = data.id;
      try {
        postMessage({id: data.id, outputs: shell.run(data.source, data.id)});
      } catch (error) {  // of Python itself: it cannot go on
        postMessage({crashed: String(error)});
      }
    }
  };
})();
