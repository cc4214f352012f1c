// Reads lines with JCommander ("jcommander") or with picocli ("picocli", "picocli-first": options end at the first operand).
import com.beust.jcommander.JCommander;
import com.beust.jcommander.Parameter;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

public class JavaFlags {
  public static class Fields {
    @Parameter(names = {"-e", "--execute"}) @CommandLine.Option(names = {"-e", "--execute"})
    public List<String> execute = new ArrayList<>();
    @Parameter(names = {"-p", "--execute-print"}) @CommandLine.Option(names = {"-p", "--execute-print"})
    public List<String> print = new ArrayList<>();
    @Parameter(names = {"-I", "--libdir"}) @CommandLine.Option(names = {"-I", "--libdir"})
    public List<String> libdir = new ArrayList<>();
    @Parameter(names = {"-n", "--dry-run"}) @CommandLine.Option(names = {"-n", "--dry-run"})
    public boolean dry;
    @Parameter(names = {"-q", "--quiet"}) @CommandLine.Option(names = {"-q", "--quiet"})
    public boolean quiet;
    @Parameter @CommandLine.Parameters
    public List<String> rest = new ArrayList<>();
  }

  static String coded(String text) {
    StringBuilder out = new StringBuilder("x");
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) out.append(String.format("%02x", one));
    return out.toString();
  }

  static String word(String field) {
    byte[] bytes = new byte[field.length() / 2];
    for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Integer.parseInt(field.substring(1 + 2 * i, 3 + 2 * i), 16);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static Fields read(String kind, String[] words) {
    Fields fields = new Fields();
    if (kind.equals("jcommander")) {
      JCommander.newBuilder().addObject(fields).allowParameterOverwriting(true).build().parse(words);
    } else {
      new CommandLine(fields).setStopAtPositional(kind.equals("picocli-first")).setOverwrittenOptionsAllowed(true).parseArgs(words);
    }
    return fields;
  }

  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = new ArrayList<>();
      for (String field : line.split(" ")) if (!field.isEmpty()) words.add(word(field));
      try {
        Fields fields = read(args[0], words.toArray(new String[0]));
        List<String> out = new ArrayList<>();
        for (Map.Entry<String, List<String>> one :
            Map.of("execute", fields.execute, "execute-print", fields.print, "libdir", fields.libdir).entrySet())
          for (String value : one.getValue()) out.add(one.getKey() + "=" + coded(value));
        if (fields.dry) out.add("dry-run");
        if (fields.quiet) out.add("quiet");
        out.add("|");
        for (String value : fields.rest) out.add(coded(value));
        System.out.println(String.join(" ", out));
      } catch (RuntimeException error) {
        System.out.println("refused");
      }
    }
  }
}
