package io.github.simulatedkms;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.KmsClientBuilder;

/**
 * Simulated KMS for the tests of a class. Before each test, its keys, clock, faults and events are reset.
 *
 * <pre>
 * &#64;RegisterExtension
 * static final SimulatedKms kms = SimulatedKms.start();
 * </pre>
 *
 * The tests of a class share the emulator, so they cannot run in parallel.
 */
public final class SimulatedKms implements BeforeAllCallback, BeforeEachCallback, AutoCloseable {
    /** Any credentials are accepted. */
    public static final AwsCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"));
    private static final String READY = "Simulated KMS ready at ";
    private final HttpClient http;
    private final Process process;
    private final URI endpoint;
    private final TrustManager[] trust;
    private final KmsClient client;

    private SimulatedKms(Process process, URI endpoint) throws Exception {
        this.process = process;
        this.endpoint = endpoint;
        this.trust = "https".equals(endpoint.getScheme()) ? authority() : null;
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust, null);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .build();
        this.client = clientBuilder().build();
        snapshot();
    }

    /**
     * Starts the program in the environment variable {@code KMS_EMULATOR}, or {@code kms-emulator} on the PATH, with
     * options such as {@code --tls}.
     */
    public static SimulatedKms start(String... options) {
        String program = System.getenv().getOrDefault("KMS_EMULATOR", "kms-emulator");
        ProcessBuilder builder = new ProcessBuilder(program, "--port", "0", "--temporary", "--log-level", "warn");
        builder.command().addAll(List.of(options));
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        // The machine's settings for the emulator do not apply to tests.
        builder.environment().keySet().removeIf(name -> name.startsWith("KMS_"));
        try {
            Process process = builder.start();
            // In case close() is not called, for example because the start fails.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            String line = CompletableFuture.supplyAsync(() -> process.inputReader().lines().findFirst())
                    .get(1, TimeUnit.MINUTES)
                    .orElse("");
            if (!line.startsWith(READY)) {
                throw new IllegalStateException("no ready line: " + line);
            }
            return new SimulatedKms(process, URI.create(line.substring(READY.length()).split(" ")[0]));
        } catch (Exception error) {
            throw new IllegalStateException("cannot start the emulator; set KMS_EMULATOR to its path: " + program, error);
        }
    }

    /** The emulator's URL, the value of {@code AWS_ENDPOINT_URL_KMS} for other programs. */
    public URI endpoint() {
        return endpoint;
    }

    /** The trust manager for HTTP clients with {@code --tls}; otherwise null, which means Java's default. */
    public TrustManager[] trustManagers() {
        return trust;
    }

    /** A client with the SDK's defaults. */
    public KmsClient client() {
        return client;
    }

    /** A builder for a client with other settings. The caller closes the client. */
    public KmsClientBuilder clientBuilder() {
        return KmsClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .tlsTrustManagersProvider(trust == null ? null : () -> trust));
    }

    /** Advances the emulator's clock until the end of the test. */
    public void advanceClock(Duration by) {
        control("PUT", "clock", "{\"advance\": \"" + by.toMillis() + "ms\"}");
    }

    /** Makes requests fail until the end of the test: {@code {"operation": "Sign", "times": 2, "error": "…"}}. */
    public void setFault(String json) {
        control("POST", "faults", json);
    }

    /** The test's requests of an operation as CloudTrail events, the oldest first. */
    public List<JsonObject> events(String operation) {
        JsonObject page = JsonParser.parseString(control("GET", "events?operation=" + operation, "")).getAsJsonObject();
        return page.getAsJsonArray("events").asList().stream().map(JsonElement::getAsJsonObject).toList();
    }

    /** "ok" or the error of each of these requests. */
    public List<String> outcomes(String operation) {
        return events(operation).stream()
                .map(event -> event.has("errorCode") ? event.get("errorCode").getAsString() : "ok")
                .toList();
    }

    /** Adds the keys and identities of a seed file. */
    public void seed(String document) {
        control("POST", "seed", document);
    }

    /** Saves the current state. Each test begins with it. A {@code @BeforeAll} that creates keys calls this. */
    public void snapshot() {
        control("POST", "snapshots/before-each", "");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // JUnit closes it with the outermost class. A nested class finds it in the store.
        context.getStore(ExtensionContext.Namespace.create(this)).getOrComputeIfAbsent("kms", key -> this);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        control("POST", "snapshots/before-each/restore", "");
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
    }

    private TrustManager[] authority() throws Exception {
        URI certificate = new URI("http", endpoint.getAuthority(), "/ca.pem", null, null);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (InputStream pem = certificate.toURL().openStream()) {
            store.setCertificateEntry(
                    "emulator", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private String control(String method, String path, String body) {
        HttpResponse<String> response = send(method, path, body);
        if (response.statusCode() >= 300) {
            throw new IllegalArgumentException(response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** Sends a request to the control plane, {@code /_emulator/…}. */
    public HttpResponse<String> send(String method, String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(endpoint.resolve("/_emulator/" + path))
                .header("X-Emulator-Token", "local")
                .method(method, BodyPublishers.ofString(body))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString()).orTimeout(1, TimeUnit.MINUTES).join();
    }
}
