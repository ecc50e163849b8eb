#if Emulator && Delivery && SQLite
import Foundation
import TestSupport
import Testing

@Suite("Transfers in Chromium", .inBrowser)
struct TransferBrowserTests {
    private static let inParts = ["SINGLE_REQUEST_LIMIT": "4000000", "PART_SIZE": "5242880"]

    @Test(.timeLimit(.minutes(30)))
    func `URLs that expire on a slow network or in a pause are signed again`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch, padding: 22 * 1024 * 1024)
        let environment = Self.inParts.merging(["URL_LIFETIME": "2"]) { $1 }
        try await RunningServer.with(environment) { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                // The first three of five parts take longer than the URLs live that were signed for all of them.
                try await browser.limitUploads(to: 6_000_000)
                try await browser.choose(file, in: "#files")
                let figures = try await browser.run(
                    """
                    return await until(() => {
                      const row = document.querySelector("#uploads li[data-state=sending]");
                      const figures = row?.querySelector(".figures").textContent ?? "";
                      return figures.includes(" left") && figures;
                    });
                    """, as: String.self)
                #expect(figures.contains(#/ of 2\d\.\d MiB \(\d+ %\) · [0-9.]+ [KM]iB/s · .* left/#), "\(figures)")
                // R2 has refused a part by now, and the page has gone on.
                try await browser.run(
                    """
                    await until(() => document.querySelector("#uploads li[data-state=sending] progress")?.value > 17e6);
                    document.querySelector('[aria-label="Pause: talk.mp4"]').click();
                    """)
                try await browser.state("paused", of: "talk.mp4")
                let refusals = try await browser.consoleErrors()
                #expect(!refusals.isEmpty && refusals.allSatisfy { $0.contains("X-Amz-") })
                try await browser.run(
                    "const end = Date.now() + 2500; await until(() => Date.now() > end);")
                try await browser.limitUploads(to: -1)
                try await browser.press("Resume: talk.mp4")
                try await browser.state("ready", of: "talk.mp4")
                #expect(try await browser.play("talk") > 10)
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `parts that the storage has lost are sent again`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch, padding: 32 * 1024 * 1024)
        try await ForeignBucket.with { bucket in
            try await RunningServer.with(bucket.environment.merging(Self.inParts) { $1 }) { server in
                try await bucket.allow(server.url)
                try await Chromium.with { browser in
                    try await browser.open(server.url)
                    try await browser.signIn("Ada")
                    // Three parts arrive, and the page sends three at a time.
                    try await browser.holdFiles(after: 3)
                    try await browser.choose(file, in: "#files")
                    try await browser.waitForHeldFiles(3)
                    try await bucket.loseParts()
                    try await browser.failHeldFiles()
                    try await browser.state("ready", of: "talk.mp4")
                    #expect(try await browser.play("talk") > 10)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a proxy that can't reach the server ends no upload`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.run(
                    """
                    const send = window.fetch;
                    let failures = 0;
                    window.fetch = async (path, options) => {
                      if (path !== "/api/uploads" || failures > 0) return send(path, options);
                      failures += 1;
                      return new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "content-type": "text/html" } });
                    };
                    """)
                try await browser.choose(file, in: "#files")
                try await browser.state("ready", of: "talk.mp4")
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `many files are sent three at a time`() async throws {
        let scratch = try Scratch()
        let first = try await SampleFile.make("talk1.mp4", in: scratch)
        var files = [first]
        for number in 2...12 {
            let path = scratch.path("talk\(number).mp4")
            try FileManager.default.copyItem(atPath: first, toPath: path)
            // Files of the same content are taken for the same.
            try SampleFile.pad(path, by: number)
            files.append(path)
        }
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.holdFiles(after: 0)
                try await browser.choose(files.joined(separator: "\n"), in: "#files")
                let queued = try await browser.run(
                    """
                    const rows = await until(() => {
                      const rows = [...document.querySelectorAll("#uploads li")];
                      return rows.length === 12 && rows;
                    });
                    return rows.filter((row) => row.dataset.state === "queued").length;
                    """, as: Int.self)
                #expect(queued == 9)
                try await browser.waitForHeldFiles(3)
                try await browser.show("queued")
                try await browser.failHeldFiles()
                try await browser.run(
                    """
                    await until(() => {
                      const rows = [...document.querySelectorAll("#uploads li")];
                      const failed = rows.find((row) => row.dataset.state === "failed");
                      if (failed) throw new Error(failed.textContent);
                      return rows.every((row) => row.dataset.state === "ready");
                    });
                    """)
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `the page sends files over HTTP, where browsers offer less`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                // As on an address in the local network. That of this machine counts as secure.
                try await browser.command(
                    "Page.addScriptToEvaluateOnNewDocument",
                    [
                        "source": """
                        delete Crypto.prototype.randomUUID;
                        delete Crypto.prototype.subtle;
                        delete Navigator.prototype.locks;
                        """
                    ])
                try await browser.open(server.url)
                let isLess = try await browser.run(
                    "return !crypto.randomUUID && !crypto.subtle && !navigator.locks;", as: Bool.self)
                #expect(isLess)
                try await browser.signIn("Ada")
                try await browser.choose(file, in: "#files")
                try await browser.state("ready", of: "talk.mp4")
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `an upload runs in one of two tabs`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch, padding: 12 * 1024 * 1024)
        try await RunningServer.with(Self.inParts) { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.limitUploads(to: 20_000)
                try await browser.choose(file, in: "#files")
                try await browser.state("sending", of: "talk.mp4")

                let first = try await browser.tab()
                let second = try await browser.openTab()
                try await browser.open(server.url)
                try await browser.state("needsFile", of: "talk.mp4")
                try await browser.choose(file, in: "#uploads input[type=file]")
                let elsewhere = try await browser.state("elsewhere", of: "talk.mp4")
                #expect(elsewhere.contains("runs in another tab"))
                try await browser.show("other-tab")

                try await browser.select(first)
                try await browser.limitUploads(to: -1)
                try await browser.state("ready", of: "talk.mp4")
                try await browser.select(second)
                try await browser.press("Try here: talk.mp4")
                try await browser.state("ready", of: "talk.mp4")
                let count = try await browser.run(
                    "return (await (await fetch('/api/videos')).json()).videos.length;", as: Int.self)
                #expect(count == 1)
                #expect(try await browser.consoleErrors() == [])
            }
        }
    }
}
#endif
