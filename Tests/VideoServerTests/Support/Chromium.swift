#if Emulator && Delivery && SQLite
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Enables suites that require a browser if the environment requests them.
    static var inBrowser: Self {
        .enabled(
            if: ChromeDriver.isRequested,
            "set R2KIT_BROWSER=1, and install Chromium, chromedriver and ffmpeg, to test in a browser")
    }
}

/// Chromium without a window, which chromedriver controls.
///
/// Source: W3C "WebDriver".
struct Chromium: Browser {
    typealias Failure = BrowserFailure

    private let url: String

    /// Starts a browser, runs a test in it, and stops it.
    static func with(_ body: (Chromium) async throws -> Void) async throws {
        try await ChromeDriver.with { port, profile in
            let browser = try await start(on: port, profile: profile)
            do {
                try await body(browser)
            } catch {
                _ = try? await Self.call(.DELETE, browser.url)
                throw error
            }
            _ = try await Self.call(.DELETE, browser.url)
        }
    }

    private static func start(on port: Int, profile: String) async throws -> Chromium {
        let arguments =
            ChromeDriver.arguments(profile: profile)
            + ["--autoplay-policy=no-user-gesture-required", "--window-size=1100,1000"]
        let limit = 1000 * Int(Duration.onBusyMachine / .seconds(1))
        let capabilities: [String: Any] = [
            "goog:chromeOptions": ["args": arguments], "timeouts": ["script": limit, "pageLoad": limit],
            "goog:loggingPrefs": ["browser": "ALL"],
        ]
        let base = "http://127.0.0.1:\(port)/session"
        let value = try await call(.POST, base, ["capabilities": ["alwaysMatch": capabilities]])
        guard let session = (value as? [String: Any])?["sessionId"] as? String else {
            throw Failure(response: "\(value)")
        }
        return Chromium(url: "\(base)/\(session)")
    }

    func perform(_ command: WebDriverCommand, _ parameters: [String: Any]) async throws -> Any {
        switch command {
        case .navigate: try await Self.call(.POST, "\(url)/url", parameters)
        case .refresh: try await Self.call(.POST, "\(url)/refresh", parameters)
        case .executeAsyncScript: try await Self.call(.POST, "\(url)/execute/async", parameters)
        case .findElement: try await Self.call(.POST, "\(url)/element", parameters)
        case .sendKeys(let element): try await Self.call(.POST, "\(url)/element/\(element)/value", parameters)
        }
    }

    /// Sends a command of the Chrome DevTools Protocol.
    func command(_ name: String, _ parameters: [String: Any] = [:]) async throws {
        _ = try await Self.call(.POST, "\(url)/goog/cdp/execute", ["cmd": name, "params": parameters])
    }

    /// Returns the tab that commands go to.
    func tab() async throws -> String {
        let value = try await Self.call(.GET, "\(url)/window")
        guard let tab = value as? String else { throw Failure(response: "\(value)") }
        return tab
    }

    /// Sends further commands to a tab.
    func select(_ tab: String) async throws { _ = try await Self.call(.POST, "\(url)/window", ["handle": tab]) }

    /// Opens a tab and sends further commands to it.
    func openTab() async throws -> String {
        let value = try await Self.call(.POST, "\(url)/window/new", ["type": "tab"])
        guard let tab = (value as? [String: Any])?["handle"] as? String else { throw Failure(response: "\(value)") }
        try await select(tab)
        return tab
    }

    /// Stores a picture of the page.
    func screenshot(to file: URL) async throws {
        let value = try await Self.call(.GET, "\(url)/screenshot")
        guard let text = value as? String, let data = Data(base64Encoded: text) else {
            throw Failure(response: "no screenshot")
        }
        try data.write(to: file)
    }

    /// Returns the errors that the console has shown since the last call, such as violations of the security policy.
    func consoleErrors() async throws -> [String] {
        let value = try await Self.call(.POST, "\(url)/se/log", ["type": "browser"])
        return (value as? [[String: Any]] ?? []).filter { $0["level"] as? String == "SEVERE" }.map { "\($0)" }
    }

    /// Sends a command to chromedriver and returns the value of its response.
    private static func call(
        _ method: HTTPMethod, _ url: String, _ body: [String: Any] = [:]
    ) async throws -> Any {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if method == .POST {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body)))
        }
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        let bytes = try await response.body.collect(upTo: 1 << 26)
        let document = try JSONSerialization.jsonObject(with: Data(bytes.readableBytesView)) as? [String: Any]
        guard response.status == .ok, let value = document?["value"] else {
            throw Failure(response: String(buffer: bytes))
        }
        return value
    }
}
#endif
