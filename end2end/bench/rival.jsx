// React Flow with the graph, as its own examples have it: default nodes, everything drawn.
import { ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { useEdgesState, useNodesState } from "@xyflow/react";

import { edges, nodes } from "./graph.mjs";

const given = nodes().map(({ name, x, y }) => ({ id: name, position: { x, y }, data: { label: name }, sourcePosition: "right", targetPosition: "left" }));
const wired = edges().map(({ source, target, port }) => ({ id: `${source}_${target}_${port}`, source, target }));

function Rival() {
  const [known, setNodes, onNodesChange] = useNodesState(given);
  const [wires, , onEdgesChange] = useEdgesState(wired);
  const [instance, setInstance] = useState(null);
  useEffect(() => {
    if (!instance) return;
    window.view = (viewport) => instance.setViewport(viewport);
    window.select = (names) =>
      setNodes((nodes) => nodes.map((node) => (names.includes(node.id) ? { ...node, selected: true } : node)));
  }, [instance, setNodes]);
  return (
    <ReactFlow
      nodes={known}
      edges={wires}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onInit={setInstance}
      minZoom={0.1}
      maxZoom={4}
      defaultViewport={{ x: 40, y: 40, zoom: 1 }}
    />
  );
}

createRoot(document.getElementById("root")).render(<Rival />);
