#if Emulator && Delivery && SQLite
import TestSupport
import Testing

@Suite("What the page shows in Chromium", .inBrowser)
struct PageBrowserTests {
    @Test(.timeLimit(.minutes(30))) func `a tab follows the person who signs in in another tab`() async throws {
        let scratch = try Scratch()
        let file = try await SampleFile.make("talk.mp4", in: scratch)
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                let first = try await browser.tab()
                let second = try await browser.openTab()
                try await browser.open(server.url)
                try await Self.expect("Ada", browser)
                try await browser.holdFiles(after: 0)
                try await browser.choose(file, in: "#files")
                try await browser.waitForHeldFiles(1)

                try await browser.select(first)
                try await browser.signOut()
                try await browser.signIn("Ben")
                try await browser.select(second)
                try await Self.expect("Ben", browser)
                let uploads = try await browser.run(
                    "return document.querySelectorAll('#uploads li').length;", as: Int.self)
                #expect(uploads == 0)

                // A tab that heard nothing asks when a person returns to it.
                try await browser.run(
                    """
                    const response = await fetch("/session", {
                      method: "POST", headers: { "content-type": "application/json" }, body: `{"person": "kim"}`,
                    });
                    if (!response.ok) throw new Error(await response.text());
                    Object.defineProperty(document, "visibilityState", { value: "visible", configurable: true });
                    document.dispatchEvent(new Event("visibilitychange"));
                    """)
                try await Self.expect("Kim", browser)
            }
        }
    }

    private static func expect(_ name: String, _ browser: Chromium) async throws {
        try await browser.run(
            """
            await until(() => document.getElementById("account").textContent.startsWith("\(name)")
              && !document.getElementById("workspace").hidden);
            """)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a row that isn't renamed after all is back, and updates, although the list couldn't be read`() async throws {
        try await RunningServer.with { server in
            try await Chromium.with { browser in
                try await browser.open(server.url)
                try await browser.signIn("Ada")
                try await browser.run(
                    """
                    const response = await fetch("/api/uploads", {
                      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({
                        file: { name: "talk.mp4", byteSize: 1000 }, token: "t1", title: "talk", sessionID: "speaking/1",
                      }),
                    });
                    if (!response.ok) throw new Error(await response.text());
                    document.getElementById("filter-session").onchange();
                    """)
                try await browser.press("Rename: talk")
                try await browser.run(
                    """
                    const send = window.fetch;
                    let requests = 0;
                    window.fetch = (path, options) => {
                      if (!String(path).startsWith("/api/videos?")) return send(path, options);
                      requests += 1;
                      return Promise.reject(new TypeError("offline"));
                    };
                    document.querySelector("#videos form button:not(.primary)").click();
                    await until(() => requests > 0 && !document.querySelector("#videos form"));
                    const rename = document.querySelector("[aria-label='Rename: talk']");
                    if (!rename.checkVisibility() || document.activeElement !== rename) throw new Error("no focus");
                    window.fetch = send;
                    const response = await fetch(`/api/videos/${rename.closest("li").dataset.id}`, {
                      method: "PATCH", headers: { "content-type": "application/json" }, body: `{"title": "My talk"}`,
                    });
                    if (!response.ok) throw new Error(await response.text());
                    await until(() => document.querySelector("[aria-label='Rename: My talk']"));
                    """)
            }
        }
    }
}
#endif
