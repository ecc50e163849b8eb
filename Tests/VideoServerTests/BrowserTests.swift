#if Emulator && Delivery && SQLite
import Foundation
import TestSupport
import Testing

/// A person's work on the page, in Chromium.
@Suite("The page in Chromium", .inBrowser)
struct BrowserTests {
    /// The directory of screenshots: that of the environment, or one that is removed after the test.
    private static func makeDirectory(_ scratch: Scratch) throws -> URL {
        guard let path = ProcessInfo.processInfo.environment["R2KIT_SCREENSHOTS"] else { return scratch.directory }
        let directory = URL(fileURLWithPath: path, isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }

    /// Signs in by a click on a name.
    private static func signIn(_ name: String, _ browser: Chromium) async throws {
        try await browser.run(
            """
            const person = await until(() => [...document.querySelectorAll("#people button")]
              .find((button) => button.textContent.startsWith("\(name)")));
            person.click();
            await until(() => !document.getElementById("workspace").hidden);
            """)
    }

    private static func signOut(_ browser: Chromium) async throws {
        try await browser.run(
            """
            document.querySelector("#account button").click();
            await until(() => document.getElementById("workspace").hidden);
            const rest = ["videos", "uploads", "toasts"].map((id) => document.getElementById(id).textContent).join("");
            if (rest) throw new Error(`something stays after signing out: ${rest}`);
            """)
    }

    /// Waits until an upload has a state, and returns the text of its row.
    private static func state(_ state: String, of name: String, _ browser: Chromium) async throws -> String {
        try await browser.run(
            """
            return await until(() => {
              const row = [...document.querySelectorAll("#uploads li")]
                .find((row) => row.textContent.includes("\(name)"));
              if (row?.dataset.state === "failed" && "\(state)" !== "failed") throw new Error(row.textContent);
              return row?.dataset.state === "\(state)" && row.textContent;
            });
            """, as: String.self)
    }

    /// Plays a video of the list until frames advance.
    private static func play(_ title: String, _ browser: Chromium) async throws -> Int {
        try await browser.run(
            """
            const play = await until(() => document.querySelector(`#videos [aria-label="Play: \(title)"]`));
            play.click();
            const video = document.getElementById("video");
            const message = document.getElementById("player-message");
            const frames = () => video.getVideoPlaybackQuality().totalVideoFrames;
            return await until(() => {
              if (!message.hidden) throw new Error(message.textContent);
              return frames() > 10 && video.currentTime > 0.4 && frames();
            });
            """, as: Int.self)
    }

    private static func closePlayer(_ browser: Chromium) async throws {
        try await browser.run("document.getElementById('player-close').click();")
    }

    /// Limits the rate of uploads, in bytes per second, or removes the limit.
    private static func limitUploads(to rate: Int, _ browser: Chromium) async throws {
        try await browser.command("Network.enable")
        try await browser.command(
            "Network.emulateNetworkConditions",
            ["offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": rate])
    }

    /// Takes pictures in light, dark and phone width.
    private static func show(_ name: String, _ browser: Chromium, _ directory: URL) async throws {
        for scheme in ["light", "dark"] {
            try await browser.command(
                "Emulation.setEmulatedMedia",
                ["features": [["name": "prefers-color-scheme", "value": scheme]]])
            for (device, width) in [("wide", 1100), ("phone", 390)] {
                try await browser.command(
                    "Emulation.setDeviceMetricsOverride",
                    ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false])
                let isScrollable = try await browser.run(
                    "return document.documentElement.scrollWidth > innerWidth;", as: Bool.self)
                #expect(!isScrollable, "\(name) is wider than the window (\(device))")
                try await browser.screenshot(
                    to: directory.appendingPathComponent("\(name)-\(scheme)-\(device).png"))
                let problems = try await browser.run(Accessibility.script, as: [String].self)
                #expect(problems.isEmpty, "\(name), \(scheme), \(device)")
            }
        }
        try await browser.command("Emulation.clearDeviceMetricsOverride")
    }

    @Test(.timeLimit(.minutes(30)))
    func `a person uploads in one request and in parts, and plays, renames, deletes and restores`() async throws {
        let scratch = try Scratch()
        let pictures = try Self.makeDirectory(scratch)
        let small = try await SampleFile.make("small.mp4", in: scratch)
        let large = try await SampleFile.make("large.mp4", in: scratch, padding: 12 * 1024 * 1024)
        try await RunningServer.with(["SINGLE_REQUEST_LIMIT": "4000000", "PART_SIZE": "5242880"]) { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.run("await until(() => document.querySelector('#people button'));")
                try await Self.show("sign-in", browser, pictures)
                try await Self.signIn("Ada", browser)
                try await browser.run("await until(() => !document.getElementById('no-videos').hidden);")
                try await Self.show("empty", browser, pictures)

                try await browser.choose(small, in: "#files")
                _ = try await Self.state("ready", of: "small.mp4", browser)
                #expect(try await Self.play("small", browser) > 10)
                try await Self.show("player", browser, pictures)
                try await Self.closePlayer(browser)

                // Slow enough that the page can pause in the middle, and then so slow that it stays there.
                try await Self.limitUploads(to: 3_000_000, browser)
                try await browser.choose(large, in: "#files")
                try await browser.run(
                    """
                    await until(() =>
                      document.querySelector("#uploads li[data-state=sending] progress")?.value > 8e6);
                    document.querySelector('[aria-label="Pause: large.mp4"]').click();
                    """)
                _ = try await Self.state("paused", of: "large.mp4", browser)
                try await Self.limitUploads(to: 20_000, browser)
                try await browser.run(#"document.querySelector('[aria-label="Resume: large.mp4"]').click();"#)
                _ = try await Self.state("sending", of: "large.mp4", browser)
                try await Self.show("sending", browser, pictures)
                try await browser.reload()
                let interrupted = try await Self.state("needsFile", of: "large.mp4", browser)
                #expect(interrupted.contains("Choose the same file"))
                try await Self.show("interrupted", browser, pictures)
                // Another file isn't taken for it.
                try await browser.choose(small, in: "#uploads input[type=file]")
                try await browser.run(
                    "await until(() => document.querySelector('#uploads .message').textContent.includes('another file'));"
                )
                try await Self.limitUploads(to: -1, browser)
                try await browser.choose(large, in: "#uploads input[type=file]")
                _ = try await Self.state("ready", of: "large.mp4", browser)
                #expect(try await Self.play("large", browser) > 10)
                try await Self.closePlayer(browser)

                try await browser.run(
                    """
                    const list = document.getElementById("videos");
                    const press = async (name) =>
                      (await until(() => list.querySelector(`[aria-label="${name}"]`))).click();
                    await press("Rename: small");
                    const input = await until(() => list.querySelector("form input"));
                    input.value = "My first talk";
                    input.form.requestSubmit();
                    await press("Delete: My first talk");
                    await until(() => !list.textContent.includes("My first talk"));
                    const deletion = document.getElementById("filter-deletion");
                    deletion.value = "deleted";
                    deletion.onchange();
                    await press("Restore: My first talk");
                    await until(() => !list.textContent.includes("My first talk"));
                    deletion.value = "live";
                    deletion.onchange();
                    await until(() => list.textContent.includes("My first talk"));
                    """)
                try await Self.show("videos", browser, pictures)
                #expect(try await browser.consoleErrors() == [])

                try await Self.signOut(browser)
                try await Self.signIn("Ben", browser)
                try await browser.run("await until(() => !document.getElementById('no-videos').hidden);")
                try await Self.signOut(browser)
                try await Self.signIn("Kim", browser)
                #expect(try await Self.play("My first talk", browser) > 10)
                try await Self.closePlayer(browser)
                try await Self.show("teacher", browser, pictures)
                #expect(try await browser.consoleErrors() == [])
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a stream plays until frames advance`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with(["STREAMS": "on"]) { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await Self.signIn("Ada", browser)
                try await browser.choose(file, in: "#files")
                _ = try await Self.state("ready", of: "talk.mp4", browser)
                try await browser.run(
                    """
                    await until(async () =>
                      (await (await fetch("/api/videos")).json()).videos[0].renditions.includes("hls"));
                    """)
                _ = try await Self.play("talk", browser)
                let frames = try await browser.run(
                    """
                    const video = document.getElementById("video");
                    const message = document.getElementById("player-message");
                    const stream = await until(() => [...document.querySelectorAll("#player-options button")]
                      .find((button) => button.textContent === "Stream"));
                    const file = video.src;
                    stream.click();
                    await until(() => video.src !== file);
                    return await until(() => {
                      if (!message.hidden) throw new Error(message.textContent);
                      const frames = video.getVideoPlaybackQuality().totalVideoFrames;
                      return video.src.includes("/api/play/") && !video.paused && frames > 10 && frames;
                    });
                    """, as: Int.self)
                #expect(frames > 10)
                #expect(try await browser.consoleErrors() == [])
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a file that isn't a video is refused with the reason`() async throws {
        let scratch = try Scratch()
        let pictures = try Self.makeDirectory(scratch)
        let text = scratch.path("notes.mp4")
        try Data(repeating: 0x61, count: 20_000).write(to: URL(fileURLWithPath: text))
        let document = scratch.path("notes.txt")
        try Data("text".utf8).write(to: URL(fileURLWithPath: document))
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await Self.signIn("Ada", browser)
                try await browser.choose(text, in: "#files")
                let refused = try await Self.state("failed", of: "notes.mp4", browser)
                #expect(refused.contains("isn’t a video"), "\(refused)")
                try await browser.choose(document, in: "#files")
                let notAllowed = try await Self.state("failed", of: "notes.txt", browser)
                #expect(notAllowed.contains("Type not allowed"), "\(notAllowed)")
                try await Self.show("refused", browser, pictures)
            }
        }
    }
}
#endif
