package simulatedkms;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.services.kms.KmsAsyncClient;
import software.amazon.awssdk.services.kms.KmsClient;

/** An asynchronous client with the interface of a synchronous one, so that both can run the same tests. */
final class Joined {
    private Joined() {}

    static KmsClient of(KmsAsyncClient client) {
        InvocationHandler join = (proxy, method, arguments) -> {
            Method same = KmsAsyncClient.class.getMethod(method.getName(), method.getParameterTypes());
            boolean answers = same.getReturnType() == CompletableFuture.class;
            if (!answers && method.isDefault()) {
                // A paginator calls the proxy for each page.
                return InvocationHandler.invokeDefault(proxy, method, arguments);
            }
            try {
                Object result = same.invoke(client, arguments);
                return answers ? ((CompletableFuture<?>) result).join() : result;
            } catch (InvocationTargetException | CompletionException error) {
                throw error.getCause();
            }
        };
        ClassLoader loader = KmsClient.class.getClassLoader();
        return (KmsClient) Proxy.newProxyInstance(loader, new Class<?>[] {KmsClient.class}, join);
    }
}
