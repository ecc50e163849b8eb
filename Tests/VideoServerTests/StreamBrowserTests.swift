#if Emulator && Delivery && SQLite
import Foundation
import TestSupport
import Testing
import VideoCatalog

@Suite("Streams in Chromium", .inBrowser)
struct StreamBrowserTests {
    @Test(.timeLimit(.minutes(30))) func `the example's own stream plays until frames advance`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with(["STREAMS": "on"]) { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.choose(file, in: "#files")
                try await browser.state("ready", of: "talk.mp4")
                try await browser.run(
                    """
                    await until(async () =>
                      (await (await fetch("/api/videos")).json()).videos[0].renditions.includes("hls"));
                    """)
                try await browser.play("talk")
                #expect(try await browser.playStream() > 10)
                try await browser.show("stream")
                #expect(try await browser.consoleErrors() == [])
            }
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `streams of TS, fragmented MP4 and AES-128 play until frames advance`() async throws {
        try await Self.withReadyTalk { browser, store in
            for stream in SampleStream.allCases {
                try await store(stream)
                try await browser.play("talk")
                #expect(try await browser.playStream() > 10, "\(stream)")
                try await browser.closePlayer()
            }
            #expect(try await browser.consoleErrors() == [])
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a browser without HLS says what to do`() async throws {
        try await Self.withReadyTalk { browser, store in
            try await store(.transportStream)
            try await browser.run("HTMLMediaElement.prototype.canPlayType = () => '';")
            try await browser.play("talk")
            let message = try await browser.run(
                """
                [...document.querySelectorAll("#player-options button")]
                  .find((button) => button.textContent === "Stream").click();
                const message = document.getElementById("player-message");
                await until(() => !message.hidden);
                return message.textContent;
                """, as: String.self)
            #expect(message.contains("Choose the original file"))
            try await browser.show("no-stream")
        }
    }

    /// Runs a test with a video that is ready.
    ///
    /// The test gets the browser, and a function that stores a stream of the video, which replaces the last one.
    private static func withReadyTalk(
        _ test: (Chromium, _ store: (SampleStream) async throws -> Void) async throws -> Void
    ) async throws {
        let scratch = try Scratch()
        let data = scratch.directory.appendingPathComponent("data")
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await ForeignBucket.with { bucket in
            let environment = bucket.environment.merging(["DATA_DIRECTORY": data.path]) { $1 }
            try await RunningServer.with(environment) { server in
                try await bucket.allow(server.url)
                try await Chromium.with { browser in
                    try await browser.open(server.url)
                    try await browser.signIn("Ada")
                    try await browser.choose(file, in: "#files")
                    try await browser.state("ready", of: "talk.mp4")
                    let id = try await browser.run(
                        "return (await (await fetch('/api/videos')).json()).videos[0].id;", as: String.self)
                    let video = try #require(Video.ID(id))
                    try await test(browser) { stream in
                        let directory = try await stream.make(of: file, in: scratch)
                        try await bucket.store(directory, as: stream.rawValue, of: video, in: data)
                    }
                }
            }
        }
    }
}
#endif
