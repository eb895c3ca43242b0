// Starts the app, and says so where it cannot. The modules are imported here and not by a plain `import`, because a
// module that fails to load can show no message.

// What the fields for code are made of: not a part of what is loaded at first.
window.codeFields = () => import("{{code.js}}");

const boot = document.getElementById("boot");
const message = boot.querySelector("p");

try {
  if (typeof WebAssembly !== "object") throw new Error("This browser does not run WebAssembly.");
  const app = await import("{{app/app.js}}");
  await app.default({ module_or_path: "{{app/app_bg.wasm}}" });
  boot.remove();
} catch (error) {
  console.error(error);
  boot.setAttribute("role", "alert");
  message.textContent = `Anabranch could not start: ${error.message} `;
  const again = document.createElement("a");
  again.href = location.href;
  again.textContent = "Try again";
  again.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload();
  });
  message.append(again);
}
