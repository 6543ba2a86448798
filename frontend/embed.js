// Puts a sandbox where this script stands:
//
//   <script src="https://orrery.example/embed.js" data-link="SECRET" data-height="480" data-theme="dark"
//           data-panels="code,output" async></script>
//
// data-link    the secret of a share link, or the whole link
// data-height  in pixels; 480 when nothing is said
// data-theme   "light" or "dark"; the reader's own when nothing is said
// data-panels  of "files", "code", "output", "processes"; all when nothing is said
// data-title   for assistive technology
(() => {
  const script = document.currentScript;
  const { link = "", height = "480", theme, panels, title = "Orrery sandbox" } = script.dataset;
  const secret = link.split(/[?#]/)[0].replace(/\/+$/, "").split("/").pop();
  const address = new URL(`embed/${encodeURIComponent(secret)}`, script.src);
  if (theme) address.searchParams.set("theme", theme);
  if (panels) address.searchParams.set("panels", panels);
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title;
  frame.loading = "lazy";
  frame.allow = "clipboard-write";
  frame.style.cssText = `display: block; inline-size: 100%; block-size: ${Number(height) || 480}px; border: 1px solid; border-radius: 8px`;
  script.after(frame);
  // The page inside may ask for another height, within reason; only it may.
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    const wanted = Number(event.data?.orreryHeight);
    if (wanted >= 120 && wanted <= 4000) frame.style.blockSize = `${wanted}px`;
  });
})();
