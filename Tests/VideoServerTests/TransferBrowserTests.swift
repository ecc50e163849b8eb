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
