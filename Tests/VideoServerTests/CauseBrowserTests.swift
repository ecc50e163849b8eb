#if Emulator && Delivery && SQLite
import Foundation
import TestSupport
import Testing

@Suite("Causes of failures in Chromium", .inBrowser)
struct CauseBrowserTests {
    @Test(.timeLimit(.minutes(30)))
    func `a file that isn't a video, or lies about its size, is refused with the reason`() async throws {
        let scratch = try Scratch()
        let text = scratch.path("notes.mp4")
        try Data(repeating: 0x61, count: 20_000).write(to: URL(fileURLWithPath: text))
        let document = scratch.path("notes.txt")
        try Data("text".utf8).write(to: URL(fileURLWithPath: document))
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.choose(text, in: "#files")
                let refused = try await browser.state("failed", of: "notes.mp4")
                #expect(refused.contains("isn’t a video"), "\(refused)")
                try await browser.choose(document, in: "#files")
                let notAllowed = try await browser.state("failed", of: "notes.txt")
                #expect(notAllowed.contains("Type not allowed"), "\(notAllowed)")
                try await browser.run(
                    """
                    const file = new File([new Uint8Array(5000)], "liar.mp4", { type: "video/mp4" });
                    Object.defineProperty(file, "size", { value: 4000 });
                    const input = document.getElementById("files");
                    Object.defineProperty(input, "files", { value: [file], configurable: true });
                    input.dispatchEvent(new Event("change"));
                    delete input.files;
                    """)
                let liar = try await browser.state("failed", of: "liar.mp4")
                #expect(liar.contains("another size"), "\(liar)")
                try await browser.show("refused")
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a file that was refused while the page was closed says so`() async throws {
        let scratch = try Scratch()
        let text = scratch.path("notes.mp4")
        try Data(repeating: 0x61, count: 20_000).write(to: URL(fileURLWithPath: text))
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.choose(text, in: "#files")
                try await browser.state("failed", of: "notes.mp4")
                // The record of an upload that the page didn't see to its end.
                try await browser.run(
                    """
                    const { videos } = await (await fetch("/api/videos")).json();
                    localStorage.setItem("uploads:ada", JSON.stringify([
                      { person: "ada", token: "t1", name: "notes.mp4", size: 20000, title: "notes", video: videos[0].id },
                    ]));
                    """)
                try await browser.reload()
                let refused = try await browser.state("failed", of: "notes.mp4")
                #expect(refused.contains("isn’t a video"), "\(refused)")
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `an upload that was canceled elsewhere ends with the reason`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.holdFiles(after: 0)
                try await browser.choose(file, in: "#files")
                try await browser.waitForHeldFiles(1)
                try await browser.run(
                    """
                    const { videos } = await (await fetch("/api/videos")).json();
                    const response = await fetch(`/api/uploads/${videos[0].id}`, { method: "DELETE" });
                    if (!response.ok) throw new Error(await response.text());
                    """)
                try await browser.failHeldFiles()
                let failed = try await browser.state("failed", of: "talk.mp4")
                #expect(failed.contains("was canceled"), "\(failed)")
                try await browser.press("Try again: talk.mp4")
                try await browser.state("ready", of: "talk.mp4")
            }
        }
    }

    @Test(.timeLimit(.minutes(30))) func `a bucket without CORS rules is named, and the rule that helps`() async throws
    {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await ForeignBucket.with { bucket in
            try await RunningServer.with(bucket.environment) { server in
                #expect(server.said.contains("r2 cors --origin \(server.url)"))
                try await Chromium.with { browser in
                    try await browser.open(server.url)
                    try await browser.signIn("Ada")
                    try await browser.choose(file, in: "#files")
                    let failed = try await browser.state("failed", of: "talk.mp4")
                    #expect(failed.contains("Ask the administrator to allow \(server.url)"), "\(failed)")
                    try await browser.show("no-cors")
                    try await bucket.allow(server.url)
                    try await browser.press("Try again: talk.mp4")
                    try await browser.state("ready", of: "talk.mp4")
                    #expect(try await browser.play("talk") > 10)
                }
            }
        }
    }
}
#endif
