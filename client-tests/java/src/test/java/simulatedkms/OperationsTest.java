package simulatedkms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.simulatedkms.SimulatedKms;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsResponse;

/** Every operation of the SDK, with each of its HTTP clients. */
class OperationsTest {
    @RegisterExtension
    static final SimulatedKms kms = SimulatedKms.start();

    /** The emulator in the environment, or a new one. */
    static final URI endpoint =
            Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL")).map(URI::create).orElse(kms.endpoint());

    /** The operations of the SDK, which is generated from AWS's model. */
    static Set<String> operations() {
        return Arrays.stream(KmsClient.class.getMethods())
                .filter(method -> KmsResponse.class.isAssignableFrom(method.getReturnType()))
                .map(method -> method.getName().substring(0, 1).toUpperCase() + method.getName().substring(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The operations that succeeded, from the emulator's events. */
    static Set<String> succeeded(String account) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(endpoint.resolve("/_emulator/events?limit=10000"))
                .header("X-Emulator-Token", "local")
                .build();
        String page = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        return JsonParser.parseString(page).getAsJsonObject().getAsJsonArray("events").asList().stream()
                .map(event -> event.getAsJsonObject())
                .filter(event -> !event.has("errorCode") && is(event, "eventType", "AwsApiCall"))
                .filter(event -> is(event, "recipientAccountId", account))
                .map(event -> event.get("eventName").getAsString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static boolean is(JsonObject event, String name, String value) {
        return event.get(name).getAsString().equals(value);
    }

    @ParameterizedTest
    @EnumSource
    void everyOperation(Client client) throws Exception {
        try (KmsClient east = client.open(endpoint, Region.US_EAST_1);
                KmsClient west = client.open(endpoint, Region.US_WEST_2)) {
            new AllOperations(east, west).run();
        }
        assertEquals(operations(), succeeded(client.account()));
    }

    @Test
    void sdkHasEveryOperation() {
        assertEquals(Integer.parseInt(System.getenv("OPERATION_COUNT")), operations().size());
    }
}
