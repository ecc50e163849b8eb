#if Emulator && Delivery && SQLite
/// Checks of a page that a program can make.
enum Accessibility {
    /// A script that returns a list of problems.
    ///
    /// Controls have names, there is one main heading, headings don't skip levels, identifiers are unique, and text has
    /// a contrast of 4.5:1 or, if it's large, of 3:1. Source: WCAG 2.2, 1.3.1, 1.4.3 and 4.1.2.
    static let script = """
        const problems = [];
        const isVisible = (node) => node.checkVisibility() && !node.closest("[aria-hidden=true], .hidden");
        const inside = document.querySelector("dialog[open]") ?? document;
        const all = [...inside.querySelectorAll("*")].filter(isVisible);
        const describe = (node) => `${node.localName}#${node.id}.${node.className}`;
        for (const node of all.filter((node) => node.matches("button, input, select, a, progress, dialog"))) {
          const labelled = (node.getAttribute("aria-labelledby") ?? "").split(" ")
            .map((id) => document.getElementById(id)?.textContent).join("");
          const name = node.getAttribute("aria-label") || labelled || [...node.labels ?? []].map((label) => label.textContent).join("")
            || node.textContent;
          if (!name.trim()) problems.push(`no name: ${describe(node)}`);
          const box = node.getBoundingClientRect();
          if (node.matches("button, select") && (box.width < 24 || box.height < 24)) problems.push(`small: ${describe(node)}`);
        }
        const headings = all.filter((node) => node.matches("h1, h2, h3")).map((node) => Number(node.localName[1]));
        if (inside === document && headings.filter((level) => level === 1).length !== 1) problems.push(`main headings: ${headings}`);
        headings.forEach((level, index) => {
          if (index > 0 && level > headings[index - 1] + 1) problems.push(`skipped level: ${headings}`);
        });
        const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
        if (new Set(ids).size !== ids.length) problems.push("an identifier occurs twice");

        const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
        const channels = (color) => {
          canvas.clearRect(0, 0, 1, 1);
          canvas.fillStyle = color;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data];
        };
        const luminance = (color) => {
          const [red, green, blue] = color.map((value) => {
            const share = value / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        for (const node of all) {
          const hasText = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
          if (!hasText || node.matches("option, noscript, script, style, video, :disabled")) continue;
          let back = node, color;
          do { color = channels(getComputedStyle(back).backgroundColor); back = back.parentElement; } while (color[3] < 255 && back);
          if (color[3] < 255) color = [255, 255, 255, 255];
          const style = getComputedStyle(node);
          const [one, two] = [luminance(channels(style.color)), luminance(color)].sort((first, second) => second - first);
          const ratio = (one + 0.05) / (two + 0.05);
          const size = parseFloat(style.fontSize);
          const needed = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
          if (ratio < needed) problems.push(`contrast ${ratio.toFixed(2)}: ${describe(node)} "${node.textContent.trim().slice(0, 30)}"`);
        }
        return problems;
        """
}
#endif
