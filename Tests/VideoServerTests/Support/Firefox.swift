#if Emulator && Delivery && SQLite
import Foundation
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Enables suites that require Firefox ESR if the environment requests tests in a browser.
    static var inFirefox: Self {
        .enabled(
            if: Firefox.isRequested, "set R2KIT_BROWSER=1, and install Firefox ESR and ffmpeg, to test in Firefox")
    }
}

/// Firefox without a window.
///
/// Without geckodriver, which Debian doesn't have, it is controlled by its own protocol, which has the commands of
/// WebDriver. Source: Firefox Source Docs "Marionette Protocol".
struct Firefox: Browser {
    private let connection: Marionette

    /// A Boolean value that indicates whether the environment requests tests in a browser, and has this one.
    static var isRequested: Bool { ChromeDriver.isRequested && program != nil }

    private static var program: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/firefox-esr" }.first(where: FileManager.default.isExecutableFile(atPath:))
    }

    /// Starts a browser, runs a test in it, and stops it.
    static func with(_ body: (Firefox) async throws -> Void) async throws {
        guard let program else { throw TestSupportError("Firefox ESR isn't installed.") }
        let profile = try Scratch()
        let settings = """
            user_pref("marionette.port", 0);
            user_pref("media.autoplay.default", 0);
            user_pref("network.proxy.type", 0);
            user_pref("browser.shell.checkDefaultBrowser", false);
            user_pref("datareporting.policy.dataSubmissionEnabled", false);
            user_pref("toolkit.telemetry.enabled", false);
            user_pref("app.normandy.enabled", false);
            user_pref("extensions.update.enabled", false);
            user_pref("browser.safebrowsing.downloads.remote.enabled", false);
            user_pref("services.settings.server", "data:,");

            """
        try Data(settings.utf8).write(to: profile.directory.appendingPathComponent("user.js"))
        var command = [program, "--headless", "--marionette", "--no-remote", "--profile", profile.directory.path]
        // A thread of the tests can block signals, and programs inherit that.
        #if os(Linux)
        command.insert("--default-signal", at: 0)
        #endif
        let firefox = try RunningProgram("env", command)
        do {
            let connection = try await Marionette.connect(to: try await port(of: firefox, profile))
            let limit = 1000 * Int(Duration.onBusyMachine / .seconds(1))
            _ = try await connection.send(
                "WebDriver:NewSession", ["timeouts": ["script": limit, "pageLoad": limit]])
            try await body(Firefox(connection: connection))
            _ = try? await connection.send("Marionette:Quit", ["flags": ["eForceQuit"]])
        } catch {
            firefox.kill()
            throw error
        }
        _ = try await firefox.outcome()
    }

    /// Waits until Firefox has written the port that it chose.
    private static func port(of firefox: RunningProgram, _ profile: Scratch) async throws -> Int {
        while true {
            let isRunning = firefox.isRunning
            if let port = (try? profile.text("MarionetteActivePort")).flatMap({ Int($0) }) { return port }
            guard isRunning else { throw TestSupportError("Firefox doesn't run: \(firefox.said)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func perform(_ command: WebDriverCommand, _ parameters: [String: Any]) async throws -> Any {
        switch command {
        case .navigate: try await connection.send("WebDriver:Navigate", parameters)
        case .refresh: try await connection.send("WebDriver:Refresh", parameters)
        case .executeAsyncScript: try await connection.send("WebDriver:ExecuteAsyncScript", parameters)
        case .findElement: try await connection.send("WebDriver:FindElement", parameters)
        case .sendKeys(let element):
            try await connection.send("WebDriver:ElementSendKeys", parameters.merging(["id": element]) { $1 })
        }
    }
}
#endif
