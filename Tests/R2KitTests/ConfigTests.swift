import R2Kit
import Testing

@Suite("Configuration")
struct ConfigTests {
    @Test func `four variables are enough`() throws {
        let config = try R2Config(environment: Fixture.environment)
        #expect(config.endpoint.description == "https://\(Fixture.account).r2.cloudflarestorage.com")
        #expect(config.credentials.accessKeyID == "AKID")
        #expect(!config.credentials.isTemporary)
        #expect(config.bucket.rawValue == "media")
        #expect(config.region == "auto")
        #expect(config.addressingStyle == .path)
        #expect(config.uploadURLLifetime == .seconds(900))
        #expect(config.playbackURLLifetime == .seconds(3600))
    }

    @Test func `every other variable is read`() throws {
        var environment = Fixture.environment
        environment["R2_SESSION_TOKEN"] = "token"
        environment["R2_JURISDICTION"] = "eu"
        environment["R2_REGION"] = "us-east-1"
        environment["VIDEO_UPLOAD_URL_EXPIRY"] = "1"
        environment["VIDEO_PLAYBACK_URL_EXPIRY"] = "604800"
        let config = try R2Config(environment: environment)
        #expect(config.credentials.isTemporary)
        #expect(config.endpoint.jurisdiction == .eu)
        #expect(config.region == "us-east-1")
        #expect(config.uploadURLLifetime == R2Presigner.lifetimeRange.lowerBound)
        #expect(config.playbackURLLifetime == R2Presigner.lifetimeRange.upperBound)
    }

    @Test func `a secret where R2's key ID belongs is refused, and not printed`() throws {
        let secret = String(repeating: "0f", count: 32)
        let credentials = try R2Credentials(accessKeyID: secret, secretAccessKey: "0f0f0f0f")
        let error = #expect(throws: R2ConfigError.self) {
            try R2Config(
                accountID: AccountID(Fixture.account), credentials: credentials, bucket: BucketName("media"))
        }
        #expect(error?.problems.map(\.setting) == ["accessKeyID"])
        #expect(!Fixture.everythingPrinted(of: error as Any).contains(secret))
        var environment = Fixture.environment
        environment["R2_ACCESS_KEY_ID"] = secret
        let variable = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(variable?.problems.map(\.setting) == ["R2_ACCESS_KEY_ID"])
        // Other servers may have IDs of any form.
        _ = try R2Config(
            endpoint: R2Endpoint("http://127.0.0.1:9000"), credentials: credentials, bucket: BucketName("media"))
    }

    @Test func `one failed load reports every problem, in the order of the table, and no value`() {
        let error = #expect(throws: R2ConfigError.self) {
            try R2Config(environment: [
                "CLOUDFLARE_ACCOUNT_ID": "wrong-1", "R2_SECRET_ACCESS_KEY": "wrong 2", "R2_BUCKET_NAME": "Wrong_3",
                "R2_SESSION_TOKEN": "wrong\t4", "R2_JURISDICTION": "wrong.5", "R2_REGION": "wrong-6",
                "VIDEO_UPLOAD_URL_EXPIRY": "wrong7", "VIDEO_PLAYBACK_URL_EXPIRY": "604801",
            ])
        }
        #expect(
            error?.problems.map(\.setting) == [
                "CLOUDFLARE_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_SESSION_TOKEN",
                "R2_BUCKET_NAME", "R2_JURISDICTION", "R2_REGION", "VIDEO_UPLOAD_URL_EXPIRY",
                "VIDEO_PLAYBACK_URL_EXPIRY",
            ])
        #expect(error?.problems.filter(\.isMissing).map(\.setting) == ["R2_ACCESS_KEY_ID"])
        let printed = Fixture.everythingPrinted(of: error as Any).lowercased()
        for value in ["wrong-1", "wrong 2", "wrong_3", "wrong\t4", "wrong.5", "wrong-6", "wrong7", "604801"] {
            #expect(!printed.contains(value))
        }
    }

    @Test func `an empty environment misses four variables`() {
        for environment in [[:], Fixture.environment.mapValues { _ in "" }] {
            let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
            #expect(error?.problems.count == 4)
            #expect(error?.problems.allSatisfy(\.isMissing) == true)
        }
    }

    @Test(arguments: ["0", "-1", "604801", "1.5", "1e3", " 900", "900 ", "+900", "9_00", "٩٠٠", "99999999999999999999"])
    func `a malformed number is an error, never the default`(text: String) {
        for name in ["VIDEO_UPLOAD_URL_EXPIRY", "VIDEO_PLAYBACK_URL_EXPIRY"] {
            var environment = Fixture.environment
            environment[name] = text
            let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
            #expect(error?.problems.map(\.setting) == [name])
        }
    }

    @Test(arguments: ["a b", "a\n", "\"quoted\"", "'quoted'", "é", "a\u{0}b"])
    func `an access key that was copied badly isn't valid`(value: String) {
        for name in ["R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_SESSION_TOKEN"] {
            var environment = Fixture.environment
            environment[name] = value
            let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
            #expect(error?.problems.map(\.setting) == [name])
        }
    }

    @Test func `variables that start with AWS_ have no effect`() throws {
        var environment = Fixture.environment
        for name in [
            "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
            "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
        ] { environment[name] = "us-west-2" }
        #expect(try R2Config(environment: environment) == R2Config(environment: Fixture.environment))
    }

    @Test func `an endpoint replaces the account ID`() throws {
        var environment = Fixture.environment
        environment["CLOUDFLARE_ACCOUNT_ID"] = nil
        environment["R2_ENDPOINT"] = "http://localhost:9000"
        environment["R2_REGION"] = "eu-west-1"
        let config = try R2Config(environment: environment)
        #expect(config.endpoint.authority == "localhost:9000")
        #expect(config.region == "eu-west-1")
    }

    @Test func `a custom domain isn't an endpoint, and the message says what to use`() {
        var environment = Fixture.environment
        environment["R2_ENDPOINT"] = "https://media.example.com"
        let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(error?.problems.map(\.setting) == ["R2_ENDPOINT"])
        #expect(error?.description.contains("EdgeTokenSigner") == true)
    }

    @Test func `plain HTTP is for this machine unless it's allowed`() throws {
        var environment = Fixture.environment
        environment["CLOUDFLARE_ACCOUNT_ID"] = nil
        environment["R2_ENDPOINT"] = "http://minio:9000"
        #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        environment["R2_ALLOW_INSECURE_ENDPOINT"] = "true"
        #expect(try R2Config(environment: environment).endpoint.scheme == "http")
        environment["R2_ALLOW_INSECURE_ENDPOINT"] = "yes"
        let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(error?.problems.map(\.setting).contains("R2_ALLOW_INSECURE_ENDPOINT") == true)
    }

    @Test func `settings can't contradict the endpoint`() {
        var environment = Fixture.environment
        environment["R2_ENDPOINT"] = "https://fedcba9876543210fedcba9876543210.us.r2.cloudflarestorage.com"
        environment["R2_JURISDICTION"] = "eu"
        let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(error?.problems.map(\.setting) == ["CLOUDFLARE_ACCOUNT_ID", "R2_JURISDICTION"])
    }

    @Test func `a jurisdiction is an error with another S3 server, and ignored with an emulator`() throws {
        var environment = Fixture.environment
        environment["CLOUDFLARE_ACCOUNT_ID"] = nil
        environment["R2_ENDPOINT"] = "https://storage.example.com"
        environment["R2_JURISDICTION"] = "eu"
        let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(error?.problems.map(\.setting) == ["R2_JURISDICTION"])
        environment["R2_ENDPOINT"] = "http://localhost:9000"
        #expect(try R2Config(environment: environment).endpoint.jurisdiction == nil)
    }

    @Test func `a secret in place of the ID is reported before it gets into a URL`() {
        var environment = Fixture.environment
        environment["R2_ACCESS_KEY_ID"] = String(repeating: "0123456789abcdef", count: 4)
        let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(error?.problems.map(\.setting) == ["R2_ACCESS_KEY_ID"])
    }

    @Test func `R2 has only its own region`() {
        var environment = Fixture.environment
        environment["R2_REGION"] = "us-west-2"
        let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(error?.problems.map(\.setting) == ["R2_REGION"])
        environment["CLOUDFLARE_ACCOUNT_ID"] = nil
        let both = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(both?.problems.map(\.setting) == ["CLOUDFLARE_ACCOUNT_ID", "R2_REGION"])
    }

    @Test func `a bucket can't be part of an IP address`() throws {
        for (url, isRefused) in [("http://127.0.0.1:9000", true), ("http://[::1]", true), ("http://localhost", false)] {
            let endpoint = try R2Endpoint(url)
            let credentials = try R2Credentials(accessKeyID: "a", secretAccessKey: "b")
            let bucket = try BucketName("media")
            let make = {
                try R2Config(
                    endpoint: endpoint, credentials: credentials, bucket: bucket, addressingStyle: .virtualHosted)
            }
            if isRefused {
                #expect(throws: R2ConfigError.self) { try make() }
            } else {
                #expect(try make().addressingStyle == .virtualHosted)
            }
        }
    }

    static func config(_ endpoint: String, bucket: String = "media", style: AddressingStyle = .path) throws -> R2Config
    {
        try R2Config(
            endpoint: try R2Endpoint(endpoint),
            credentials: try R2Credentials(accessKeyID: "AKID", secretAccessKey: Fixture.secret),
            bucket: try BucketName(bucket), addressingStyle: style)
    }

    @Test func `an endpoint's path is read from the environment, without an account or on this machine`() throws {
        var environment = Fixture.environment
        environment["R2_ENDPOINT"] = "http://localhost:8787/cdn-cgi/local/r2/s3/"
        let config = try R2Config(environment: environment)
        #expect(config.endpoint.description == "http://localhost:8787/cdn-cgi/local/r2/s3")
        #expect(config.description.contains("R2Config(http://localhost:8787/cdn-cgi/local/r2/s3, bucket: media,"))
        environment["R2_ENDPOINT"] = "https://project.example.com/storage/v1/s3"
        #expect(throws: R2ConfigError.self, "perhaps a custom domain") { try R2Config(environment: environment) }
        environment["CLOUDFLARE_ACCOUNT_ID"] = nil
        #expect(try R2Config(environment: environment).endpoint.basePath == "/storage/v1/s3")
        environment["R2_ENDPOINT"] = "https://\(Fixture.account).r2.cloudflarestorage.com/media"
        let error = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(error?.problems.map(\.setting) == ["R2_ENDPOINT"])
    }

    @Test func `a bucket can't be part of the host of an endpoint with a path`() throws {
        let error = #expect(throws: R2ConfigError.self) {
            try Self.config("http://localhost:9000/s3", style: .virtualHosted)
        }
        #expect(error?.problems.map(\.setting) == ["addressingStyle"])
        #expect(try Self.config("http://localhost:9000/s3").addressingStyle == .path)
    }

    @Test(arguments: ["http://localhost:9000/media", "http://localhost:8787/cdn-cgi/local/r2/s3/media/"])
    func `an endpoint's path can't end with the bucket`(url: String) throws {
        let error = #expect(throws: R2ConfigError.self) { try Self.config(url) }
        #expect(error?.problems.map(\.setting) == ["endpoint"])
        #expect(try Self.config(url, bucket: "other").endpoint.basePath.hasSuffix("/media"))
        var environment = Fixture.environment
        environment["R2_ENDPOINT"] = url
        let same = #expect(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        #expect(same?.problems.map(\.setting) == ["R2_ENDPOINT"])
        #expect(same?.description.contains("bucket") == true)
    }

    @Test func `nothing printed, dumped or mirrored shows a secret, and nothing can be encoded`() throws {
        let config = try Fixture.config(sessionToken: Fixture.token)
        for value in [config, config.credentials, R2Presigner(config), [config.credentials]] as [Any] {
            let printed = Fixture.everythingPrinted(of: value)
            #expect(!printed.contains(Fixture.secret))
            #expect(!printed.contains(Fixture.token))
        }
        #expect(!((config as Any) is any Encodable))
        #expect(!((config.credentials as Any) is any Encodable))
    }
}
