#if Emulator && Delivery && SQLite
import Foundation
import TestSupport
import Testing

/// The actions of a person on the page, and what they see.
extension Chromium {
    /// Signs in by a click on a name.
    func signIn(_ name: String) async throws {
        try await run(
            """
            const person = await until(() => [...document.querySelectorAll("#people button")]
              .find((button) => button.textContent.startsWith("\(name)")));
            person.click();
            await until(() => !document.getElementById("workspace").hidden);
            """)
    }

    func signOut() async throws {
        try await run(
            """
            document.querySelector("#account button").click();
            await until(() => document.getElementById("workspace").hidden);
            const rest = ["videos", "uploads", "toasts"].map((id) => document.getElementById(id).textContent).join("");
            if (rest) throw new Error(`something stays after signing out: ${rest}`);
            """)
    }

    /// Clicks a button when it is there.
    ///
    /// - Parameter label: The name that screen readers read, such as `Pause: large.mp4`.
    /// - Throws: ``Failure`` if the browser reports an error.
    func press(_ label: String) async throws {
        try await run(#"(await until(() => document.querySelector('button[aria-label="\#(label)"]'))).click();"#)
    }

    /// Waits until an upload has a state, and returns the text of its row.
    @discardableResult
    func state(_ state: String, of name: String) async throws -> String {
        try await run(
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
    @discardableResult
    func play(_ title: String) async throws -> Int {
        try await press("Play: \(title)")
        return try await run(
            """
            const video = document.getElementById("video");
            const message = document.getElementById("player-message");
            const frames = () => video.getVideoPlaybackQuality().totalVideoFrames;
            return await until(() => {
              if (!message.hidden) throw new Error(message.textContent);
              return frames() > 10 && video.currentTime > 0.4 && frames();
            });
            """, as: Int.self)
    }

    /// Plays the stream of a video in the open player until frames advance.
    func playStream() async throws -> Int {
        try await run(
            """
            const video = document.getElementById("video");
            const message = document.getElementById("player-message");
            const stream = await until(() => [...document.querySelectorAll("#player-options button")]
              .find((button) => button.textContent === "Stream"));
            const file = video.src;
            stream.click();
            await until(() => video.src !== file || !message.hidden);
            return await until(() => {
              if (!message.hidden) throw new Error(message.textContent);
              const frames = video.getVideoPlaybackQuality().totalVideoFrames;
              return video.src.includes("/api/play/") && !video.paused && frames > 10 && frames;
            });
            """, as: Int.self)
    }

    func closePlayer() async throws {
        try await run("document.getElementById('player-close').click();")
    }

    /// Limits the rate of uploads, in bytes per second, or removes the limit.
    func limitUploads(to rate: Int) async throws {
        try await command("Network.enable")
        try await command(
            "Network.emulateNetworkConditions",
            ["offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": rate])
    }

    /// Lets the page send a number of requests with bytes of files, and holds further ones.
    func holdFiles(after count: Int) async throws {
        try await run(
            """
            const { send } = XMLHttpRequest.prototype;
            let sent = 0;
            window.held = [];
            window.restoreFiles = () => { XMLHttpRequest.prototype.send = send; };
            XMLHttpRequest.prototype.send = function (body) {
              if (sent < \(count)) send.call(this, body);
              else window.held.push(this);
              sent += 1;
            };
            """)
    }

    /// Waits until a number of requests are held.
    func waitForHeldFiles(_ count: Int) async throws {
        try await run("await until(() => window.held.length === \(count));")
    }

    /// Lets the requests that are held fail as they do in a browser that gets no response, and holds no more of them.
    func failHeldFiles() async throws {
        try await run("window.restoreFiles(); for (const request of window.held) request.onerror();")
    }

    /// Presses a key, as a person without a mouse does.
    func type(_ key: String, code: Int, text: String? = nil) async throws {
        var event: [String: Any] = ["type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code]
        event["text"] = text
        try await command("Input.dispatchKeyEvent", event)
        event["type"] = "keyUp"
        event["text"] = nil
        try await command("Input.dispatchKeyEvent", event)
    }

    /// Checks the page in light, dark and phone width, and takes pictures if the environment names a directory.
    func show(_ name: String) async throws {
        for scheme in ["light", "dark"] {
            // Without motion, since colors that change slowly would be checked halfway.
            let features = [
                ["name": "prefers-color-scheme", "value": scheme],
                ["name": "prefers-reduced-motion", "value": "reduce"],
            ]
            try await command("Emulation.setEmulatedMedia", ["features": features])
            for (device, width) in [("wide", 1100), ("phone", 390)] {
                try await command(
                    "Emulation.setDeviceMetricsOverride",
                    ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false])
                let isScrollable = try await run(
                    "return document.documentElement.scrollWidth > innerWidth;", as: Bool.self)
                #expect(!isScrollable, "\(name) is wider than the window (\(device))")
                if let pictures = Self.pictures {
                    try await screenshot(to: pictures.appendingPathComponent("\(name)-\(scheme)-\(device).png"))
                }
                let problems = try await run(Accessibility.script, as: [String].self)
                #expect(problems.isEmpty, "\(name), \(scheme), \(device)")
            }
        }
        try await command("Emulation.setEmulatedMedia", ["features": [[String: String]]()])
        try await command("Emulation.clearDeviceMetricsOverride")
    }

    /// The directory of pictures, if the environment names one.
    private static var pictures: URL? {
        guard let path = ProcessInfo.processInfo.environment["R2KIT_SCREENSHOTS"] else { return nil }
        let directory = URL(fileURLWithPath: path, isDirectory: true)
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return directory
    }
}
#endif
