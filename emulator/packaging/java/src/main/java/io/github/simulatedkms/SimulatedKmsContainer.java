package io.github.simulatedkms;

import java.net.URI;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * Simulated KMS for Testcontainers. Its keys are lost when it stops.
 *
 * <pre>
 * try (SimulatedKmsContainer kms = new SimulatedKmsContainer()) {
 *     kms.start();
 *     kms.client().createKey();
 * }
 * </pre>
 */
public final class SimulatedKmsContainer extends GenericContainer<SimulatedKmsContainer> {
    private static final int PORT = 4599;

    /** The value of the header X-Emulator-Token. In a container, the control plane requires a token. */
    public static final String TOKEN = "local";

    public SimulatedKmsContainer() {
        this("simulated-kms");
    }

    public SimulatedKmsContainer(String image) {
        super(DockerImageName.parse(image));
        withExposedPorts(PORT);
        withEnv("KMS_CONTROL_TOKEN", TOKEN);
        waitingFor(Wait.forLogMessage("Simulated KMS ready at .*\n", 1));
    }

    /** Adds keys that exist from the start: the text of a seed file, YAML or JSON. */
    public SimulatedKmsContainer withSeed(String document) {
        return withEnv("KMS_SEED", "/seed.yaml").withCopyToContainer(Transferable.of(document), "/seed.yaml");
    }

    /** The value of AWS_ENDPOINT_URL_KMS for programs outside of containers. */
    public URI endpoint() {
        return URI.create("http://" + getHost() + ":" + getMappedPort(PORT));
    }

    /** A client. The caller closes it. */
    public KmsClient client() {
        return KmsClient.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
    }
}
