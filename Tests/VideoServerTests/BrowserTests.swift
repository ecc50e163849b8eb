#if Emulator && Delivery && SQLite
import Foundation
import TestSupport
import Testing

/// A person's work on the page, in Chromium.
@Suite("The page in Chromium", .inBrowser)
struct BrowserTests {
    @Test(.timeLimit(.minutes(30)))
    func `a person uploads, plays, replaces, renames, deletes and restores`() async throws {
        let scratch = try Scratch()
        let small = try await SampleFile.make("small.mp4", in: scratch)
        let large = try await SampleFile.make("large.mp4", in: scratch, padding: 12 * 1024 * 1024)
        try await RunningServer.with(["SINGLE_REQUEST_LIMIT": "4000000", "PART_SIZE": "5242880"]) { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.run("await until(() => document.querySelector('#people button'));")
                try await browser.show("sign-in")
                try await browser.signIn("Ada")
                try await browser.run("await until(() => !document.getElementById('no-videos').hidden);")
                try await browser.show("empty")

                try await browser.choose(small, in: "#files")
                try await browser.state("ready", of: "small.mp4")
                try await Self.expectThumbnails(1, browser)
                #expect(try await browser.play("small") > 10)
                try await browser.show("player")
                try await browser.closePlayer()

                try await Self.uploadInParts(large, besides: small, browser)
                #expect(try await browser.play("large") > 10)
                try await browser.closePlayer()

                try await browser.press("Replace: small")
                try await browser.choose(large, in: "#replacement")
                try await browser.run(
                    """
                    await until(() => [...document.querySelectorAll("#uploads li[data-state=ready]")]
                      .some((row) => row.textContent.includes("replaces “small”")));
                    """)
                try await Self.edit(browser)
                try await Self.expectThumbnails(2, browser)
                try await browser.show("videos")
                #expect(try await browser.consoleErrors() == [])

                try await browser.signOut()
                try await browser.signIn("Ben")
                try await browser.run("await until(() => !document.getElementById('no-videos').hidden);")
                try await browser.signOut()
                try await browser.signIn("Kim")
                #expect(try await browser.play("My first talk") > 10)
                try await browser.closePlayer()
                try await browser.show("teacher")
                #expect(try await browser.consoleErrors() == [])
            }
        }
    }

    /// Waits until videos of the list have pictures that the browser can show.
    private static func expectThumbnails(_ count: Int, _ browser: Chromium) async throws {
        try await browser.run(
            """
            await until(() => [...document.querySelectorAll("#videos .tile img")]
              .filter((picture) => picture.complete && picture.naturalWidth > 0).length === \(count));
            """)
    }

    /// Uploads a file slowly, pauses, and loads the page again in the middle.
    private static func uploadInParts(_ large: String, besides small: String, _ browser: Chromium) async throws {
        // Slow enough that the page can pause in the middle, and then so slow that it stays there.
        try await browser.limitUploads(to: 3_000_000)
        try await browser.choose(large, in: "#files")
        try await browser.run(
            """
            await until(() => document.querySelector("#uploads li[data-state=sending] progress")?.value > 8e6);
            document.querySelector('[aria-label="Pause: large.mp4"]').click();
            """)
        try await browser.state("paused", of: "large.mp4")
        try await browser.show("paused")
        try await browser.limitUploads(to: 20_000)
        try await browser.press("Resume: large.mp4")
        try await browser.state("sending", of: "large.mp4")
        try await browser.show("sending")
        try await browser.reload()
        let interrupted = try await browser.state("needsFile", of: "large.mp4")
        #expect(interrupted.contains("Choose the same file"))
        try await browser.show("interrupted")
        // Another file isn't taken for it.
        try await browser.choose(small, in: "#uploads input[type=file]")
        try await browser.run(
            "await until(() => document.querySelector('#uploads .message').textContent.includes('another file'));")
        try await browser.limitUploads(to: -1)
        try await browser.choose(large, in: "#uploads input[type=file]")
        try await browser.state("ready", of: "large.mp4")
    }

    private static func edit(_ browser: Chromium) async throws {
        try await browser.press("Rename: small")
        try await browser.show("rename")
        // Another change of the video meanwhile, such as that of its picture, doesn't get in the way.
        try await browser.run(
            """
            const input = await until(() => document.querySelector("#videos form input"));
            const response = await fetch(`/api/videos/${input.closest("li").dataset.id}`, {
              method: "PATCH", headers: { "content-type": "application/json" },
              body: JSON.stringify({ description: "About me" }),
            });
            if (!response.ok) throw new Error(await response.text());
            input.value = "My first talk";
            input.form.requestSubmit();
            """)
        try await browser.press("Delete: My first talk")
        try await filter("deleted", browser)
        try await browser.show("deleted")
        try await browser.press("Restore: My first talk")
        try await filter("live", browser)
    }

    /// Waits until a video has left the list, and finds it among the others.
    private static func filter(_ deletion: String, _ browser: Chromium) async throws {
        try await browser.run(
            """
            const list = document.getElementById("videos");
            await until(() => !list.textContent.includes("My first talk"));
            const deletion = document.getElementById("filter-deletion");
            deletion.value = "\(deletion)";
            deletion.onchange();
            await until(() => list.textContent.includes("My first talk"));
            """)
    }

    @Test(.timeLimit(.minutes(30))) func `the page works without a mouse and without motion`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.command(
                    "Emulation.setEmulatedMedia",
                    ["features": [["name": "prefers-reduced-motion", "value": "reduce"]]])
                try await browser.open(server.url)
                try await browser.run("await until(() => document.querySelector('#people button'));")
                try await browser.type("Tab", code: 9)
                #expect(try await Self.focus(browser) == "Skip to content")
                try await browser.type("Tab", code: 9)
                #expect(try await Self.focus(browser).hasPrefix("Ada"))
                try await browser.type("Enter", code: 13, text: "\r")
                try await browser.run("await until(() => !document.getElementById('workspace').hidden);")
                try await browser.choose(file, in: "#files")
                try await browser.state("ready", of: "talk.mp4")
                try await Self.expectThumbnails(1, browser)

                // Every control is reached, in the order of the page, and shows that it has the focus.
                try await browser.run("document.getElementById('main').focus();")
                let controls = try await browser.run(
                    """
                    return [...document.querySelectorAll("#main button, #main select, #main input")]
                      .filter((node) => node.tabIndex >= 0 && (node.checkVisibility() || node.id === "files"))
                      .map((node) => node.getAttribute("aria-label") || node.id);
                    """, as: [String].self)
                var reached: [String] = []
                for _ in controls {
                    try await browser.type("Tab", code: 9)
                    reached.append(
                        try await browser.run(
                            """
                            const node = document.activeElement;
                            const shown = node.id === "files" ? node.nextElementSibling : node;
                            const style = getComputedStyle(shown);
                            if (style.outlineStyle === "none") return `no outline: ${node.outerHTML}`;
                            return node.getAttribute("aria-label") || node.id;
                            """, as: String.self))
                }
                #expect(reached == controls)

                try await browser.run("document.querySelector('[aria-label=\"Play: talk\"]').focus();")
                try await browser.type("Enter", code: 13, text: "\r")
                try await browser.run("await until(() => document.getElementById('player').open);")
                try await browser.type("Escape", code: 27)
                try await browser.run("await until(() => !document.getElementById('player').open);")
                let moving = try await browser.run(
                    """
                    return [...document.querySelectorAll("*")].filter((node) => {
                      const style = getComputedStyle(node);
                      return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
                    }).map((node) => node.outerHTML.slice(0, 80));
                    """, as: [String].self)
                #expect(moving == [])
            }
        }
    }

    private static func focus(_ browser: Chromium) async throws -> String {
        try await browser.run("return document.activeElement.textContent.trim();", as: String.self)
    }
}
#endif
