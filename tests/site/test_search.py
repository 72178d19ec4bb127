"""Search finds the section that a reader wants, in both languages: by subject, words, code, or another name."""

import re

import pytest
from serving import SITE

from booktools.notebook_format import CHAPTERS, read_notebook

# What readers type, and the pages that answer it.
QUERIES = {
    "en": {
        "dead": "14-dying-relu",
        "dying ReLU": "14-dying-relu",
        "dead neurons": "14-dying-relu",
        "dying relu problem": "14-dying-relu",
        "He initialization": "06-gradient-flow",
        "Kaiming": "06-gradient-flow",
        "Xavier": "06-gradient-flow",
        "vanishing gradient": "06-gradient-flow",
        "np.where": "02-numpy",
        "max(0, x)": "01-definition 02-numpy",
        "np.maximum": "02-numpy",
        "derivative of relu": "01-definition 02-numpy",
        "subgradient at zero": "01-definition 13-framework-differences",
        "leaky relu": "08-leaky-and-prelu",
        "LeakyReLU": "08-leaky-and-prelu 11-keras 12-pytorch 13-framework-differences",
        "prelu": "08-leaky-and-prelu",
        "parametric relu": "08-leaky-and-prelu",
        "elu": "09-elu-and-selu",
        "selu": "09-elu-and-selu",
        "self-normalizing": "09-elu-and-selu",
        "gelu": "10-smooth-relatives",
        "swish": "10-smooth-relatives",
        "SiLU": "10-smooth-relatives",
        "mish": "10-smooth-relatives",
        "softplus": "10-smooth-relatives",
        "keras": "11-keras",
        "keras layers": "11-keras",
        "pytorch": "12-pytorch",
        "torch.nn.ReLU": "12-pytorch",
        "inplace": "12-pytorch",
        "clamp gradient": "13-framework-differences 12-pytorch",
        "sparsity": "07-sparsity",
        "sparse activations": "07-sparsity",
        "skip zeros": "07-sparsity",
        "cost of activation": "05-cost",
        "speed": "05-cost",
        "is relu fast": "05-cost",
        "universal approximation": "03-nonlinearity",
        "xor": "04-network-in-numpy 03-nonlinearity",
        "spirals": "03-nonlinearity 04-network-in-numpy",
        "linear pieces": "03-nonlinearity",
        "tent map": "03-nonlinearity",
        "backpropagation": "04-network-in-numpy",
        "momentum": "04-network-in-numpy 14-dying-relu",
        "confidence interval": "04-network-in-numpy",
        "batch normalization": "16-unbounded-outputs 14-dying-relu",
        "quantization": "16-unbounded-outputs",
        "relu6": "16-unbounded-outputs",
        "unbounded": "16-unbounded-outputs",
        "lost negatives": "15-lost-negatives",
        "bottleneck": "15-lost-negatives",
        "absolute value": "15-lost-negatives",
        "which activation should I use": "21-choosing",
        "best activation function": "21-choosing",
        "softmax": "12-pytorch 04-network-in-numpy",
        "learning rate": "14-dying-relu 21-choosing",
        "gradient check": "02-numpy",
        "float16": "02-numpy 13-framework-differences 16-unbounded-outputs",
        "squared relu": "10-smooth-relatives 21-choosing cheatsheet",
        "cheat sheet": "cheatsheet",
        "glossary": "glossary",
        "references": "references",
        "explorer": "try-it",
        "dead unit definition": "14-dying-relu glossary",
        "claims": "claims",
        "Maas": "14-dying-relu 08-leaky-and-prelu references",
        "Glorot 2011": "07-sparsity references",
        "hinge": "03-nonlinearity",
        "exploding gradients": "06-gradient-flow 16-unbounded-outputs",
        "SwiGLU": "18-gated-units",
        "loss of plasticity": "17-lost-plasticity",
        "CReLU": "17-lost-plasticity",
        "gated linear unit": "18-gated-units glossary",
        "bilinear": "18-gated-units",
        "sparse language model": "19-sparse-language-models",
        "superposition": "20-superposition",
        "sparse autoencoder": "20-superposition",
        "JumpReLU": "20-superposition",
        "max(nan, 0) vs max(0, nan)": "01-definition",
        "truth value of an array is ambiguous": "01-definition",
        "what is relu'(0)": "01-definition 12-pytorch 13-framework-differences",
        "np.maximum or np.where, nan handling": "02-numpy",
        "difference between np.max and np.maximum": "02-numpy",
        "stack linear layers without activation": "03-nonlinearity",
        "number of linear regions random network": "03-nonlinearity claims",
        "backprop from scratch without a framework": "04-network-in-numpy",
        "why does my net not learn XOR": "04-network-in-numpy claims",
        "how many seeds to compare two models": "04-network-in-numpy 21-choosing",
        "np.where slow on random data": "05-cost",
        "does batch norm prevent dead units": "claims 14-dying-relu",
        "is GELU slower than ReLU": "05-cost claims",
        "kaiming init variance shrinks deep network": "06-gradient-flow claims",
        "vanishing gradeints sigmoid 30 layers": "06-gradient-flow",
        "scipy.sparse speedup activations": "07-sparsity",
        "weight decay on PReLU parameters": "08-leaky-and-prelu 12-pytorch claims",
        "rrelu randomized slope": "08-leaky-and-prelu",
        "torch.where gradient nan": "09-elu-and-selu bugs-in-the-wild",
        "np.expm1": "09-elu-and-selu bugs-in-the-wild",
        "lecun_normal with selu": "09-elu-and-selu",
        "1.702": "10-smooth-relatives",
        "overflow encountered in exp softplus": "10-smooth-relatives bugs-in-the-wild",
        "dormant vs dead unit definition": "glossary 17-lost-plasticity",
        "do not pass an input_shape argument": "11-keras",
        "from_logits=True forgotten": "11-keras",
        "validation accuracy higher than training accuracy": "11-keras",
        "KERAS_BACKEND torch": "11-keras 13-framework-differences",
        "gradient computation modified by inplace operation": "12-pytorch",
        "loss stuck at 1.46": "12-pytorch claims",
        "forgot model.eval() batchnorm": "12-pytorch",
        "relu before or after maxpool": "12-pytorch",
        "port weights keras to pytorch outputs differ": "13-framework-differences",
        "batchnorm epsilon momentum keras pytorch": "13-framework-differences",
        "all neurons output zero, loss not decreasing": "14-dying-relu",
        "does leaky relu really fix dead neurons?": "14-dying-relu claims",
        "relu in narrow bottleneck layer accuracy drop": "15-lost-negatives claims",
        "fp16 activations inf nan": "16-unbounded-outputs",
        "int8 quantization outliers relu6": "16-unbounded-outputs claims",
        "continual learning network stops learning new tasks": "17-lost-plasticity",
        "swiglu hidden size two thirds": "18-gated-units",
        "replace gelu with relu in pretrained llm": "19-sparse-language-models claims",
        "sparse autoencoder topk vs jumprelu": "20-superposition claims",
        "which activaton function is best for my network": "21-choosing cheatsheet",
        "formula and derivative of every activation": "cheatsheet try-it",
        "pros and cons of relu summary": "advantages-and-drawbacks",
        "schedule for a 12 week lecture course": "teaching",
        "find the mistake exercises for students": "bugs-in-the-wild teaching",
        "interactive plot for the projector": "try-it teaching",
        "relubook API functions overview": "helper-tour",
    },
    "ko": {
        "렐루": "01-definition",
        "ReLU": "01-definition",
        "리키 렐루": "08-leaky-and-prelu",
        "리키렐루": "08-leaky-and-prelu",
        "활성화함수": "01-definition 03-nonlinearity 21-choosing",
        "활성화 함수": "01-definition 03-nonlinearity 21-choosing",
        "기울기소실": "06-gradient-flow",
        "기울기 소실": "06-gradient-flow",
        "배치정규화": "16-unbounded-outputs 14-dying-relu",
        "배치 정규화": "16-unbounded-outputs 14-dying-relu",
        "죽은 렐루": "14-dying-relu",
        "죽은 ReLU": "14-dying-relu",
        "dying ReLU": "14-dying-relu",
        "희소성": "07-sparsity",
        "희소": "07-sparsity",
        "계산 비용": "05-cost",
        "비용": "05-cost",
        "비선형성": "03-nonlinearity",
        "비선형": "03-nonlinearity",
        "도함수": "01-definition 02-numpy",
        "스위시": "10-smooth-relatives",
        "Swish": "10-smooth-relatives",
        "GELU": "10-smooth-relatives",
        "PReLU": "08-leaky-and-prelu",
        "ELU": "09-elu-and-selu",
        "SELU": "09-elu-and-selu",
        "케라스": "11-keras",
        "Keras": "11-keras",
        "파이토치": "12-pytorch",
        "PyTorch": "12-pytorch",
        "He 초기화": "06-gradient-flow",
        "카이밍 초기화": "06-gradient-flow",
        "자비에르 초기화": "06-gradient-flow",
        "가중치 초기화": "06-gradient-flow",
        "음수": "15-lost-negatives",
        "음수 손실": "15-lost-negatives",
        "양자화": "16-unbounded-outputs",
        "ReLU6": "16-unbounded-outputs",
        "넘파이": "02-numpy",
        "NumPy": "02-numpy",
        "np.where": "02-numpy",
        "어떤 활성화 함수": "21-choosing",
        "역전파": "04-network-in-numpy",
        "학습률": "14-dying-relu 21-choosing 04-network-in-numpy",
        "치트시트": "cheatsheet",
        "용어집": "glossary",
        "용어": "glossary",
        "참고문헌": "references",
        "단점": "advantages-and-drawbacks 16-unbounded-outputs 15-lost-negatives 14-dying-relu claims",
        "옵티마이저": "04-network-in-numpy 11-keras 12-pytorch 21-choosing",
        "소프트맥스": "12-pytorch 04-network-in-numpy",
        "신경망": "04-network-in-numpy",
        "힌지": "03-nonlinearity",
        "보편 근사": "03-nonlinearity",
        "기울기 폭발": "06-gradient-flow 16-unbounded-outputs",
        "매끄러운": "10-smooth-relatives",
        "큰 출력": "16-unbounded-outputs",
        "스위글루": "18-gated-units",
        "가소성": "17-lost-plasticity",
        "게이트": "18-gated-units",
        "언어 모델": "19-sparse-language-models",
        "희소 오토인코더": "20-superposition",
        "죽은 유닛": "14-dying-relu",
        "파이썬으로 ReLU 구현": "01-definition 02-numpy",
        "장단점": "advantages-and-drawbacks",
        "ReLU의 장점": "advantages-and-drawbacks",
        "계산 효율성": "advantages-and-drawbacks 05-cost",
        "계산효율성": "advantages-and-drawbacks 05-cost",
        "임계값 연산": "advantages-and-drawbacks",
        "기울기 소실 문제": "advantages-and-drawbacks 06-gradient-flow",
        "비선형성 도입": "advantages-and-drawbacks 03-nonlinearity",
        "ReLU의 변형": "advantages-and-drawbacks",
        "죽은 뉴런 문제": "14-dying-relu",
        "파라메트릭 렐루": "08-leaky-and-prelu",
        "학습 안정화": "advantages-and-drawbacks 09-elu-and-selu",
        "실제 프로젝트": "advantages-and-drawbacks",
        "주의사항": "advantages-and-drawbacks",
        "죽은 ReLU 문제": "advantages-and-drawbacks 14-dying-relu",
        "음수 값 정보 손실": "15-lost-negatives",
        "음수값 정보손실": "15-lost-negatives",
        "출력 범위 제한 없음": "advantages-and-drawbacks 16-unbounded-outputs",
        "딥러닝": "advantages-and-drawbacks 01-definition",
        "조각별 선형": "03-nonlinearity",
        "하이퍼파라미터": "04-network-in-numpy",
        "에포크": "04-network-in-numpy",
        "max(0, nan) 결과": "01-definition",
        "렐루 누가 처음 제안했나": "01-definition",
        "렐루6 볼록함수인가": "01-definition",
        "np.maximum np.where 속도 차이": "02-numpy 05-cost",
        "np.fmax np.maximum nan 차이": "02-numpy",
        "활성화함수 없으면 층 여러개 쌓아도 소용없나": "03-nonlinearity",
        "보편근사정리 출처 논문": "03-nonlinearity",
        "깊이 늘리면 선형영역 지수적으로 증가?": "03-nonlinearity claims",
        "시드 몇 개 돌려야 유의한 차이": "04-network-in-numpy 21-choosing",
        "넘파이 역전파 직접 구현": "04-network-in-numpy",
        "GELU 연산 속도 relu 대비": "05-cost claims",
        "분기예측 실패 정렬된 배열": "05-cost",
        "memory bound 원소별 연산 캐시": "05-cost",
        "kaming 초기화 왜 2/n 인가": "06-gradient-flow",
        "배치놈 쓰면 초기화 신경안써도 되나": "06-gradient-flow claims",
        "희소행렬 곱 몇 % 0이어야 빨라지나": "07-sparsity",
        "relu 출력 0 비율 몇 퍼센트": "07-sparsity claims",
        "PReLU weight decay 제외": "08-leaky-and-prelu 12-pytorch",
        "리키렐루 기울기 0.01 0.2 0.3 뭐가 맞나": "08-leaky-and-prelu 13-framework-differences 11-keras",
        "elu 그래디언트 nan 오버플로우": "09-elu-and-selu",
        "selu 1.0507 1.6733 유도": "09-elu-and-selu",
        "gelu tanh 근사 오차": "10-smooth-relatives",
        "1.702 어디서 나온 상수": "10-smooth-relatives",
        "하드스위시 모바일넷v3": "10-smooth-relatives",
        "from_logits=True 빼먹으면": "11-keras",
        "custom activation 저장한 모델 load 에러": "11-keras",
        "nn.ReLU(inplace=True) 써도 되나요": "12-pytorch",
        "softmax 두번 적용 loss 1.46": "12-pytorch claims",
        "엑티베이션 메모리 역전파 저장 텐서": "12-pytorch",
        "케라스 파이토치 가중치 변환 출력 다름": "13-framework-differences",
        "배치정규화 epsilon momentum 프레임워크 차이": "13-framework-differences",
        "죽은뉴런 되살리는법": "14-dying-relu",
        "sharpness 2/lambda 학습률 한계": "14-dying-relu",
        "병목층에 relu 쓰면 안되는 이유": "15-lost-negatives claims",
        "relu 통과한 뒤 입력 복원 가능?": "15-lost-negatives",
        "4비트 양자화 아웃라이어": "16-unbounded-outputs claims",
        "fp16 65504 inf nan": "16-unbounded-outputs",
        "continual learning 휴면 뉴런 ReDo": "17-lost-plasticity",
        "LLaMA 11008 은닉 차원 왜": "18-gated-units",
        "swiglu 학습 속도 느려지나 파라미터 같을때": "18-gated-units",
        "LLM gelu를 relu로 교체 파인튜닝": "19-sparse-language-models",
        "파워인퍼 deja vu 활성 뉴런 예측": "19-sparse-language-models",
        "SAE TopK JumpReLU 비교": "20-superposition",
        "뉴런 하나가 여러 의미 superpostion": "20-superposition",
        "활성화함수 뭐 써야 하나요": "21-choosing cheatsheet",
        "강의자료 인용 bibtex 라이선스": "teaching",
        "PowerInfer 논문 저자 학회 연도": "references",
        "렐루 장단점 요약": "advantages-and-drawbacks",
        "활성화함수 수식 미분 정리표": "cheatsheet try-it",
        "딥러닝 용어 한영 대역": "glossary",
        "렐루가 뭐예요": "01-definition",
        "렐루 0에서 미분 가능한가요?": "01-definition 13-framework-differences",
        "relu 볼록함수 증명": "01-definition",
        "np.max(0, x) 에러": "02-numpy",
        "수치미분으로 역전파 확인": "02-numpy 04-network-in-numpy",
        "역전파에서 >= 썼는데 학습은 됨": "02-numpy 04-network-in-numpy bugs-in-the-wild",
        "활성화함수 없으면 왜 안돼요": "03-nonlinearity",
        "은닉층 하나로 아무 함수나 근사": "03-nonlinearity",
        "넘파이로 손글씨 숫자 인식 구현": "04-network-in-numpy",
        "xor 학습이 안돼요": "04-network-in-numpy claims",
        "소프트맥스 크로스엔트로피 미분 과정": "04-network-in-numpy",
        "gelu가 relu보다 느린가요": "05-cost",
        "앞쪽 층이 학습이 안됨": "06-gradient-flow",
        "시그모이드 깊게 쌓으면 기울기 사라지는 이유": "06-gradient-flow",
        "xavier he 초기화 차이": "06-gradient-flow glossary",
        "출력 절반이 0인데 정상인가요?": "07-sparsity",
        "희소하면 뭐가 좋은데": "07-sparsity",
        "리키랠루 알파값 몇": "08-leaky-and-prelu 13-framework-differences 11-keras",
        "prelu 기울기가 음수로 나와요": "08-leaky-and-prelu",
        "elu 직접 짰는데 nan": "09-elu-and-selu bugs-in-the-wild",
        "selu 초기화 뭐 써야됨": "09-elu-and-selu",
        "swish랑 silu 같은건가요": "10-smooth-relatives",
        "gelu 1.702 어디서 나온 숫자": "10-smooth-relatives",
        "from_logits=True 안쓰면": "11-keras",
        "케라스 input_shape 경고": "11-keras",
        "model.eval() 안하면": "12-pytorch",
        "inplace=True 역전파 에러": "12-pytorch",
        "loss가 1.46에서 안내려가요": "12-pytorch",
        "relu 먼저 풀링 먼저": "12-pytorch",
        "파이토지 케라스 결과가 달라요": "13-framework-differences",
        "배치놈 모멘텀 0.9 0.1 차이": "13-framework-differences",
        "뉴런이 죽었는데 어떻게 살려요": "14-dying-relu",
        "학습률 올렸더니 출력이 전부 0": "14-dying-relu",
        "음수 다 0되면 정보 날아가는거 아니에요?": "15-lost-negatives",
        "렐루 통과한 값으로 입력 복원": "15-lost-negatives",
        "relu 출력값 폭발": "16-unbounded-outputs",
        "float16 nan 뜨는 이유": "16-unbounded-outputs",
        "새로운 과제 갈수록 학습 안됨": "17-lost-plasticity",
        "휴먼 유닛 다시 초기화": "17-lost-plasticity",
        "llama는 무슨 활성화함수 써요?": "18-gated-units",
        "swiglu 은닉 크기 왜 3분의 2": "18-gated-units",
        "학습 끝난 모델 gelu를 relu로 교체": "19-sparse-language-models",
        "뉴런 하나가 여러 의미": "20-superposition",
        "정확도 1% 차이 의미있나": "21-choosing 04-network-in-numpy bugs-in-the-wild",
        "렐루 장단점": "advantages-and-drawbacks",
        "활성화함수 공식 도함수 정리": "cheatsheet try-it",
        "코드 틀린곳 찾기 연습": "bugs-in-the-wild",
        "에포크 배치 뜻": "glossary 04-network-in-numpy",
        "레포트에 이 책 인용 bibtex": "teaching",
        "truth value of an array is ambiguous max": "01-definition 08-leaky-and-prelu",
        "x=0에서 relu 미분 0이야 1이야?": "01-definition 12-pytorch 13-framework-differences",
        "np.max np.maximum 차이": "02-numpy",
        "relu 통과했더니 nan이 0으로 바뀜": "02-numpy 13-framework-differences",
        "gradient check 실패하는 이유": "02-numpy",
        "활성화함수 빼면 어떻게 되나": "03-nonlinearity",
        "레이어 깊게 쌓으면 뭐가 좋은지": "03-nonlinearity",
        "keras pytorch 함수 이름 대응표": "cheatsheet",
        "seed 바꿀때마다 정확도 다름": "04-network-in-numpy",
        "np.where 왜 느림": "05-cost",
        "gelu relu 속도차이": "05-cost",
        "vanishing gradient relu 쓰면 해결되나": "06-gradient-flow claims advantages-and-drawbacks",
        "kaiming xavier 초기화 비교": "06-gradient-flow",
        "레이어 30개 쌓으니 학습 안됨": "06-gradient-flow",
        "출력 절반이 0인데 죽은거 아님?": "07-sparsity bugs-in-the-wild claims",
        "sparse 행렬곱이 dense보다 느린데": "07-sparsity",
        "weight decay prelu에 걸면 안되나": "08-leaky-and-prelu 12-pytorch claims",
        "리키렐루 기울기 몇으로 해야 하나요": "08-leaky-and-prelu 13-framework-differences",
        "torch.where gradient nan": "09-elu-and-selu bugs-in-the-wild",
        "selu lecun_normal 꼭 써야됨?": "09-elu-and-selu",
        "softplus inf 나옴": "10-smooth-relatives bugs-in-the-wild",
        "gelu approximate tanh 오차": "10-smooth-relatives 13-framework-differences",
        "활성화함수 그래프 직접 움직여보기": "try-it",
        "Do not pass an input_shape 경고": "11-keras",
        "커스텀 활성화함수 모델 load 안됨": "11-keras",
        "validation accuracy가 train보다 높은 이유": "11-keras",
        "KERAS_BACKEND torch로 바꾸기": "11-keras 13-framework-differences",
        "modified by an inplace operation": "12-pytorch",
        "CrossEntropyLoss 앞에 softmax 넣으면": "12-pytorch claims",
        "loss가 1.46에서 안내려감": "12-pytorch",
        "model.eval() 안하면 정확도 이상함": "12-pytorch",
        "register_forward_hook 중간 레이어 출력": "12-pytorch",
        "케라스 파이토치 변환했는데 결과 다름": "13-framework-differences",
        "batchnom momentum 0.9 0.1 차이": "13-framework-differences",
        "뉴런이 다 죽었는데 어떻게 살리죠": "14-dying-relu",
        "learning rate 너무 크면 왜 망하나": "14-dying-relu claims",
        "병목 레이어에 relu 쓰지 말라던데": "15-lost-negatives claims",
        "fp16 학습중 loss nan": "16-unbounded-outputs",
        "4bit quantization outlier 정확도 하락": "16-unbounded-outputs claims",
        "모델 이어서 학습시키면 점점 못배움": "17-lost-plasticity claims",
        "라마 ffn 11008 왜 이 숫자?": "18-gated-units",
        "llm relu로 바꾸면 추론 빨라짐?": "19-sparse-language-models",
        "sparse autoencorder topk jumprelu": "20-superposition",
        "활성화 함수 뭐 써야 되나요": "21-choosing cheatsheet",
        "gelu 논문 출처": "references 10-smooth-relatives",
        "신뢰구간 겹치면 차이 없는건가요": "bugs-in-the-wild",
        "렐루 이름 누가 처음 붙였나": "01-definition",
        "0에서 미분 불가능한데 어떻게 학습하나요?": "01-definition 13-framework-differences",
        "subgradient 뜻": "01-definition glossary",
        "np.fmax": "02-numpy",
        "수치미분으로 gradient check 하는법": "02-numpy 04-network-in-numpy",
        "universal approximation theorem 활성화함수 조건": "03-nonlinearity",
        "렐루 장단점 정리": "advantages-and-drawbacks",
        "linear region 개수 깊이 지수적 증가": "03-nonlinearity claims",
        "오차역전파직접구현": "04-network-in-numpy",
        "XOR 학습이 자꾸 실패하는 이유": "04-network-in-numpy claims",
        "시드 몇 개 돌려야 유의미한 차이인가요?": "04-network-in-numpy 21-choosing",
        "GELU 연산속도 느린가": "05-cost",
        "branch prediction 정렬된 배열": "05-cost",
        "vanising gradient 시그모이드 미분 최대값": "06-gradient-flow",
        "He 초기화 분산 2/n 유도": "06-gradient-flow",
        "born dead network 확률": "06-gradient-flow",
        "학습하면 activation sparsity 늘어나나": "07-sparsity claims",
        "sparse 행렬곱이 dense보다 느림": "07-sparsity",
        "PReLU weight decay 걸면 안되나": "08-leaky-and-prelu 12-pytorch",
        "랜덤 리키렐루 RReLU 구현": "08-leaky-and-prelu",
        "expm1 쓰는 이유": "09-elu-and-selu",
        "selu 상수 1.0507 1.6733 어디서 나온 값": "09-elu-and-selu",
        "torch.where nan gradient": "09-elu-and-selu bugs-in-the-wild",
        "스위시 베타 파라미터": "10-smooth-relatives",
        "케라스 중간층 출력 뽑기": "11-keras",
        "keras val accuracy가 train보다 높음": "11-keras",
        "softmax 두번 적용 CrossEntropyLoss": "12-pytorch claims",
        "ReLU maxpool 순서": "12-pytorch",
        "파이토치 인플레이스 렐루 에러": "12-pytorch",
        "leaky relu 기본값 0.3 0.01 프레임워크마다 다른가": "13-framework-differences 08-leaky-and-prelu 11-keras",
        "죽은렐루 해결방법": "14-dying-relu advantages-and-drawbacks",
        "sharpness edge of stability 학습률 한계": "14-dying-relu",
        "MobileNetV2 linear bottleneck 왜 렐루 안씀": "15-lost-negatives",
        "음수 버리면 정보손실 아닌가요": "15-lost-negatives",
        "ReLU6 양자화 4bit": "16-unbounded-outputs",
        "배치노말 gradient explodng 깊은 네트워크": "16-unbounded-outputs",
        "continual learning plasticity loss": "17-lost-plasticity",
        "dormant neuron ReDo 재초기화": "17-lost-plasticity",
        "SwiGLU hidden dim 2/3 왜": "18-gated-units",
        "ReLU strikes back 논문 재현": "19-sparse-language-models",
        "sparse autoencoder TopK JumpReLU 비교": "20-superposition",
        "뉴런 하나에 여러 의미 폴리시맨틱": "20-superposition",
        "트렌스포머에는 어떤 활성화함수를 써야 하나요?": "21-choosing 18-gated-units",
        "한학기강의계획서 12주": "teaching",
        "활성화함수 수식 도함수 치역 한눈에": "cheatsheet",
        "오버플로우나는 softplus 코드 고치기 연습": "bugs-in-the-wild 10-smooth-relatives",
        "활성화함수 그래프 그려주는 사이트 슬라이더": "try-it",
        "렐루 함수 처음 만든 사람": "01-definition",
        "max(0, nan) 왜 0 나오지": "01-definition",
        "relu 0에서 미분 가능한가요?": "01-definition 13-framework-differences",
        "넘파이 렐루 for문 느림": "02-numpy",
        "활성화함수 없으면 층 여러개 쌓아도 소용없는 이유": "03-nonlinearity",
        "xor 손으로 풀기 뉴런 2개": "03-nonlinearity",
        "mnist 밑바닥부터 구현 넘파이": "04-network-in-numpy",
        "오차역전파 직접 짜기": "04-network-in-numpy",
        "xor 학습 자꾸 실패함": "04-network-in-numpy claims",
        "gelu 속도 얼마나 느려?": "05-cost",
        "np.where 느린 이유 분기예측": "05-cost",
        "기울기 소실 랠루로 해결되나": "06-gradient-flow claims advantages-and-drawbacks",
        "he 초기화에 왜 2가 들어가나요": "06-gradient-flow",
        "시그모이드 층 깊으면 학습 안됨": "06-gradient-flow claims",
        "출력 0이 절반이면 연산 빨라지나": "07-sparsity",
        "희소성이랑 죽은뉴런 차이": "07-sparsity bugs-in-the-wild claims",
        "리키렐루 기울기 몇으로 해야됨": "08-leaky-and-prelu 15-lost-negatives cheatsheet",
        "prelu weight decay 빼야 하나": "08-leaky-and-prelu claims",
        "elu 구현 nan 그래디언트 np.where": "09-elu-and-selu bugs-in-the-wild",
        "selu 상수 1.0507 어디서 나온거": "09-elu-and-selu",
        "gelu 1.702 의미": "10-smooth-relatives",
        "relubook 함수 사용 예제 모음": "helper-tour",
        "케라스 from_logits 소프트맥스 빼야 하나": "11-keras",
        "gpu 없는 노트북으로도 따라할수있나": "index",
        "CrossEntropyLoss softmax 두번": "12-pytorch claims",
        "파이토치 model.eval() 안하면": "12-pytorch",
        "maxpool 앞에 relu 뒤에 relu 순서": "12-pytorch",
        "케라스 모델 파이토치로 옮겼는데 결과가 달라요": "13-framework-differences",
        "LeakyReLU 기본값 0.3 0.01 keras torch": "13-framework-differences 11-keras cheatsheet",
        "dying relu 해결법": "14-dying-relu",
        "학습률 너무 크면 뉴런 죽음": "14-dying-relu claims",
        "음수 다 버리면 정보손실 아닌가": "15-lost-negatives claims advantages-and-drawbacks",
        "relu6 왜 6까지만": "16-unbounded-outputs",
        "fp16 오버플로우 inf 뜸": "16-unbounded-outputs",
        "연속학습 하다보면 새로운거 못배움": "17-lost-plasticity",
        "SwiGLU 왜 좋은거임?": "18-gated-units claims",
        "llm gelu를 relu로 바꿔치기": "19-sparse-language-models claims",
        "뉴런 하나에 특징 여러개 superposition": "20-superposition",
        "스파스 오토인코더 TopK JumpRelu 비교": "20-superposition",
        "활성화 함수 추천 뭐 쓰지": "21-choosing cheatsheet",
        "요즘 제일 많이 쓰는 활성화 한수": "21-choosing",
        "렐루 장점 단점 정리": "advantages-and-drawbacks",
        "활성화 함수 공식 도함수 표": "cheatsheet",
        "그래프 그려주는 슬라이더 활성화함수": "try-it",
        "멱등이 무슨 뜻": "glossary 01-definition",
        "수업 자료로 써도 되나요 라이센스": "teaching",
    },
}
FOLDERS = {"en": "", "ko": "ko/"}

ANSWERS = """
(queries) => {
  const field = document.querySelector(".bd-search-container [name=q]");
  return queries.map((query) => {
    field.value = query;
    field.dispatchEvent(new Event("input"));
    return [...document.querySelectorAll("#search-results ol.search > li")]
      .map((page) => page.querySelector("a").pathname.match(/([^/]+)\\.html$/)[1]);
  });
}
"""


def open_search(open_page, address: str, edition: str, query: str = "", **settings):
    """The search page of an edition, when it has listed what it found; the index comes with the first query."""
    page = open_page(f"{address}{FOLDERS[edition]}search.html?q={query or 'relu'}", **settings)
    page.wait_for_selector("#search-results p.search-summary", state="attached")
    return page


def found(page, query: str) -> list[str]:
    """The pages that the search lists, best first."""
    return page.evaluate(ANSWERS, [query])[0]


def containing(word: str, edition: str) -> set[str]:
    """The pages whose source has a word, in prose or code."""
    names = set()
    for path in sorted((CHAPTERS / edition).iterdir()):
        if path.suffix == ".ipynb":
            text = "\n".join(
                cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown"
            )
        elif path.suffix == ".md":
            text = path.read_text(encoding="utf-8")
        else:
            continue
        whole = rf"\b{word}\b" if word.isascii() else word  # Korean words carry particles
        if re.search(whole, re.sub(r"\]\([^)]*\)", "]", text), re.IGNORECASE | re.ASCII):
            names.add(path.stem)
    return names


@pytest.mark.parametrize("edition", FOLDERS)
def test_the_page_that_answers_a_query_comes_first_or_nearly(open_page, address, edition):
    page = open_search(open_page, address, edition)
    queries = QUERIES[edition]
    answers = dict(zip(queries, page.evaluate(ANSWERS, list(queries)), strict=True))
    wanted = {query: set(pages.split()) for query, pages in queries.items()}
    late = {q: pages[:4] for q, pages in answers.items() if not wanted[q] & set(pages[:3])}
    hint = "enter the subject in code/booktools/search_subjects.json, or a synonym in code/booktools/search_words.py"
    assert not late, f"not among the first three: {late}; {hint}"
    second = {q: pages[:2] for q, pages in answers.items() if pages[0] not in wanted[q]}
    assert len(second) <= 0.1 * len(queries), f"not first: {second}; {hint}"
    assert page.problems == []


@pytest.mark.parametrize(
    ("edition", "word"),
    [
        *(("ko", word) for word in ("함수", "기울기", "죽은", "가중치", "정규화", "희소성", "배치 정규화")),
        *(("en", word) for word in ("gradient", "sparsity", "ReLU")),
    ],
)
def test_a_word_is_found_on_all_pages_that_contain_it(open_page, address, edition, word):
    page = open_search(open_page, address, edition)
    assert len(containing(word, edition)) > 3
    assert containing(word, edition) <= set(found(page, word))


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("함수는", "함수"),
        ("기울기가", "기울기"),
        ("가중치에서", "가중치"),
        ("ReLU는", "ReLU"),
        ("활성화함수를", "활성화 함수"),
        ("리키렐루", "Leaky ReLU"),
        ("스위시", "SiLU"),
        ("카이밍 초기화", "He 초기화"),
        ("ReLU란", "ReLU"),
        ("SwiGLU가 뭔가요", "SwiGLU"),
        ("기울기 소실 문제를 해결하는 방법", "기울기 소실 해결"),
    ],
)
def test_particles_spaces_and_synonyms_change_nothing(open_page, address, query, other):
    page = open_search(open_page, address, "ko")
    assert found(page, query)[0] == found(page, other)[0]


@pytest.mark.parametrize(
    ("edition", "query", "page"),
    [
        ("en", "vanising gradient", "06-gradient-flow"),
        ("en", "backpropogation", "04-network-in-numpy"),
        ("en", "superpostion", "20-superposition"),
        ("ko", "kaming 초기화", "06-gradient-flow"),
        ("en", "why do relus die", "14-dying-relu"),
        ("ko", "렐루가 왜 죽나요?", "14-dying-relu"),
        ("ko", "소프트멕스", "12-pytorch"),
        ("ko", "양자회", "16-unbounded-outputs"),
    ],
)
def test_a_slip_of_the_pen_is_forgiven(open_page, address, edition, query, page):
    assert found(open_search(open_page, address, edition), query)[0] == page


@pytest.mark.parametrize(
    ("query", "page"),
    [("np.where(x > 0, x, 0)", "02-numpy 05-cost"), ("tf.nn.relu6", "11-keras 16-unbounded-outputs")],
)
def test_code_is_found_as_it_is_written_and_by_the_name_at_its_end(open_page, address, query, page):
    assert found(open_search(open_page, address, "en"), query)[0] in page.split()


@pytest.mark.parametrize(
    ("edition", "query"), [("ko", "하마"), ("en", "zebra"), ("en", "hasOwnProperty"), ("ko", "__proto__")]
)
def test_a_word_that_is_nowhere_finds_nothing(open_page, address, edition, query):
    page = open_search(open_page, address, edition)
    assert found(page, query) == []
    assert page.locator("#search-results p.search-summary").text_content()
    assert page.problems == []


def test_a_result_shows_its_words_in_the_text_of_the_section(open_page, address):
    page = open_search(open_page, address, "en", "branch predictor")
    context = page.locator("#search-results .context").first
    assert context.locator(".highlighted").all_text_contents()[0].lower().startswith("branch")
    assert not re.search("Binder|Colab|\\.ipynb|copy", context.text_content())


@pytest.mark.parametrize(
    ("edition", "query", "word"),
    [("en", "np.where", "np.where"), ("ko", "보편 근사", "보편"), ("en", "solution", "solution")],
)
@pytest.mark.parametrize("width", [1280, 390])
def test_a_result_opens_at_its_match_and_back_returns_to_its_place(
    open_page, address, edition, query, word, width
):
    page = open_search(open_page, address, edition, query, width=width, height=500)
    link = page.locator("#search-results a[href*='highlight'][href*='#']").last
    link.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    link.click()
    page.wait_for_selector("form[role=search]", state="attached")  # the scripts have run
    section = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    mark = page.locator(f"[id='{section}'] .highlighted").first
    mark.wait_for()
    marked = mark.text_content().lower()
    assert word in marked or marked in word or marked in query.lower()
    page.wait_for_function(  # the page goes there once the word is marked
        "(e) => { const { top } = e.getBoundingClientRect(); return 0 <= top && top <= 500; }",
        arg=mark.element_handle(),
    )
    page.go_back()
    page.wait_for_selector("#search-results ol.search", state="attached")
    page.wait_for_function("(y) => Math.abs(scrollY - y) < 100", arg=before)


def test_an_excerpt_does_not_end_at_a_name(open_page, address):
    page = open_search(open_page, address, "en", "He initialisation Kaiming")
    shown = page.locator("#search-results .context").all_text_contents()
    assert len(shown) > 5 and not [text for text in shown if text.endswith("et al.")]


def test_enter_changes_nothing_and_back_leaves_the_search(open_page, address):
    page = open_page(f"{address}chapters/en/index.html")
    page.goto(f"{address}search.html?q=relu")
    page.wait_for_selector("#search-results p.search-summary", state="attached")
    field = page.locator(".bd-search-container [name=q]")
    for word in ("softplus", "mish"):
        field.fill(word)
        page.wait_for_url(f"**/search.html?q={word}")
        field.press("Enter")
    assert "10-smooth-relatives" in page.locator("#search-results a").first.get_attribute("href")
    assert page.url.endswith("?q=mish")
    page.go_back()
    page.wait_for_url("**/index.html")


def test_the_index_comes_with_the_first_word(open_page, address):
    page = open_page(address + "search.html")
    page.wait_for_selector("form[role=search]", state="attached")  # the scripts have run
    page.wait_for_function("typeof bookSearch === 'function'")
    assert not [url for url in page.requests if "search-data" in url]
    page.locator(".bd-search-container [name=q]").press_sequentially("dying")
    page.wait_for_selector("#search-results ol.search")
    assert "14-dying-relu" in page.locator("#search-results a").first.get_attribute("href")
    assert len([url for url in page.requests if "search-data" in url]) == 1


def test_search_works_from_a_file(open_page):
    page = open_page((SITE / "ko" / "search.html").as_uri() + "?q=함수")
    page.wait_for_selector("#search-results ol.search")
    assert len(found(page, "함수")) > 15
    assert page.problems == []
