declare const htm: {
  bind<Node>(
    h: (type: any, props: Record<string, any> | null, ...children: any[]) => Node,
  ): (strings: TemplateStringsArray, ...values: any[]) => Node;
};
export default htm;
