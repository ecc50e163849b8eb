#if Emulator && Delivery && SQLite
import TestSupport
import Testing

@Suite("The page in Firefox", .inFirefox)
struct FirefoxTests {
    /// Firefox plays no HLS by itself.
    @Test(.timeLimit(.minutes(30)))
    func `a person uploads a video and plays it, and learns why there is no stream`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with(["STREAMS": "on"]) { server in
            try await Firefox.with { browser in
                try await browser.open(server.url)
                try await browser.run(
                    """
                    const person = await until(() => [...document.querySelectorAll("#people button")]
                      .find((button) => button.textContent.startsWith("Ada")));
                    person.click();
                    await until(() => !document.getElementById("workspace").hidden);
                    """)
                try await browser.choose(file, in: "#files")
                try await browser.run(
                    """
                    await until(() => {
                      const row = [...document.querySelectorAll("#uploads li")]
                        .find((row) => row.textContent.includes("talk.mp4"));
                      if (row?.dataset.state === "failed") throw new Error(row.textContent);
                      return row?.dataset.state === "ready";
                    });
                    await until(async () =>
                      (await (await fetch("/api/videos")).json()).videos[0].renditions.includes("hls"));
                    """)
                let frames = try await browser.run(
                    """
                    const play = await until(() => document.querySelector(`#videos [aria-label="Play: talk"]`));
                    play.click();
                    const video = document.getElementById("video");
                    const message = document.getElementById("player-message");
                    return await until(() => {
                      if (!message.hidden) throw new Error(message.textContent);
                      const frames = video.getVideoPlaybackQuality().totalVideoFrames;
                      return frames > 10 && video.currentTime > 0.4 && frames;
                    });
                    """, as: Int.self)
                #expect(frames > 10)
                let reason = try await browser.run(
                    """
                    const stream = await until(() => [...document.querySelectorAll("#player-options button")]
                      .find((button) => button.textContent === "Stream"));
                    stream.click();
                    const message = document.getElementById("player-message");
                    return await until(() => !message.hidden && message.textContent);
                    """, as: String.self)
                #expect(reason.contains("HLS") && reason.contains("original file"), "\(reason)")
            }
        }
    }
}
#endif
